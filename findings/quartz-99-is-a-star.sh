#!/usr/bin/env bash
# Quartz 2.3.2, the scheduler's cron expressions: the number 99 in a field is read as `*`, and 98 in the two fields of days as `?`.
#
# One would guess that a number out of range is refused, as 24 is for the hour, and so are 97 and 100. The numbers 99 and 98 stand for the
# two signs inside, and the check of the range lets them through: a typing error for "at 9" starts every hour, and so does `9,99`.
# Seen: `0 0 99 * * ?` starts at 01:00, 02:00, 03:00, ..., `0 0 0 98 * MON` on every Monday; 24 and 100 are refused as hours, 97 as a day.
# Needs apt (Debian 12's libquartz2-java 2.3.2, its lists fetched by `apt-get update`), a JDK (11 or later) and the network.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libquartz2-java libslf4j-java
for package in *.deb; do dpkg -x "$package" .; done
jars=usr/share/java/quartz2-2.3.2.jar:usr/share/java/slf4j-api.jar:usr/share/java/slf4j-nop.jar
cat > Ask.java <<'JAVA'
import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.Locale;
import org.quartz.CronExpression;

public class Ask {
  public static void main(String[] expressions) throws Exception {
    SimpleDateFormat day = new SimpleDateFormat("yyyy-MM-dd");
    SimpleDateFormat shown = new SimpleDateFormat("EEE yyyy-MM-dd HH:mm", Locale.ROOT);
    for (String expression : expressions) {
      StringBuilder answer = new StringBuilder();
      try {
        CronExpression cron = new CronExpression(expression);
        Date time = day.parse("2025-01-01");
        for (int i = 0; i < 4; i++) {
          time = cron.getNextValidTimeAfter(time);
          answer.append(i == 0 ? "" : ", ").append(shown.format(time));
        }
      } catch (ParseException thrown) {
        answer.append(thrown.getMessage());
      }
      System.out.println(expression + " | " + answer);
    }
  }
}
JAVA
javac -cp "$jars" -d classes Ask.java
ask() { java -Duser.timezone=UTC -cp "$jars:classes" Ask "$@"; }
times() { ask "$1" | sed 's/.* | //'; }
ask '0 0 24 * * ?' '0 0 100 * * ?' '0 0 99 * * ?' '0 0 9,99 * * ?' '0 0 0 97 * MON' '0 0 0 98 * MON' '0 0 0 ? * MON'
[ "$(times '0 0 24 * * ?')" = "Hour values must be between 0 and 23" ]
[ "$(times '0 0 100 * * ?')" = "Hour values must be between 0 and 23" ]
[ "$(times '0 0 99 * * ?')" = "$(times '0 0 * * * ?')" ]
[ "$(times '0 0 9,99 * * ?')" = "$(times '0 0 * * * ?')" ]
[ "$(times '0 0 0 97 * MON')" = "Day of month values must be between 1 and 31" ]
[ "$(times '0 0 0 98 * MON')" = "$(times '0 0 0 ? * MON')" ]
[[ "$(times '0 0 * * * ?')" == "Wed 2025-01-01 01:00, Wed 2025-01-01 02:00, "* ]]
