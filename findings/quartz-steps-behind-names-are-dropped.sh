#!/usr/bin/env bash
# Quartz 2.3.2, the scheduler's cron expressions: a step behind a name (`MON/2`, `MON-FRI/2`, `JAN/3`) is dropped without an error.
#
# Names stand for numbers, so one would guess that `MON/2` is `2/2` (Monday, Wednesday, Friday) and `JAN/3` is `1/3` (every three months).
# What follows the name or the range of names is not read at all: `MON/banana` is taken too, where `2/banana` is refused.
# Seen: `MON/2` starts on Mondays only, `MON-FRI/2` on each of the five days, `JAN/3` once a year; with numbers the step counts.
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
ask '0 0 0 ? * 2/2' '0 0 0 ? * MON/2' '0 0 0 ? * MON/banana' '0 0 0 ? * 2-6/2' '0 0 0 ? * MON-FRI/2' '0 0 0 1 1/3 ?' '0 0 0 1 JAN/3 ?'
[ "$(times '0 0 0 ? * MON/2')" = "$(times '0 0 0 ? * MON')" ]
[ "$(times '0 0 0 ? * MON/banana')" = "$(times '0 0 0 ? * MON')" ]
[ "$(times '0 0 0 ? * MON-FRI/2')" = "$(times '0 0 0 ? * MON-FRI')" ]
[ "$(times '0 0 0 1 JAN/3 ?')" = "$(times '0 0 0 1 JAN ?')" ]
[[ "$(times '0 0 0 ? * 2/2')" == "Fri 2025-01-03 00:00, Mon 2025-01-06 00:00, Wed 2025-01-08 00:00, "* ]]
[[ "$(times '0 0 0 ? * 2-6/2')" == "Fri 2025-01-03 00:00, Mon 2025-01-06 00:00, Wed 2025-01-08 00:00, "* ]]
[[ "$(times '0 0 0 1 1/3 ?')" == "Tue 2025-04-01 00:00, Tue 2025-07-01 00:00, "* ]]
