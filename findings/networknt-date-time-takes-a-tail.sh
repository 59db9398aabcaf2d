#!/usr/bin/env bash
# networknt json-schema-validator 1.5.2, draft-07: `format: date-time` accepts text behind the zone.
#
# `format` is asserted for draft-07 there, so one would guess that "2024-01-01T00:00:00Z and more" is refused. The parser behind it reads a
# time and does not ask whether anything is left. `format: date` does ask.
# Seen: valid for the date-time with a tail, not valid for the date with one, not valid for a date-time without a zone's colon.
# Needs npm, a JDK (17 or later) and the network: the validator comes inside npm's wiremock 3.9.2 (networknt json-schema-validator 1.5.2).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent wiremock@3.9.2 > /dev/null
tar xzf wiremock-3.9.2.tgz
jar=$(find package -name 'wiremock-standalone-*.jar')
cat > Ask.java <<'JAVA'
import wiremock.com.fasterxml.jackson.databind.ObjectMapper;
import wiremock.com.networknt.schema.JsonSchemaFactory;
import wiremock.com.networknt.schema.SpecVersion.VersionFlag;

public class Ask {
  public static void main(String[] texts) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonSchemaFactory draft7 = JsonSchemaFactory.getInstance(VersionFlag.V7);
    for (int i = 0; i < texts.length; i += 2) {
      String answer;
      try {
        boolean isValid = draft7.getSchema(json.readTree(texts[i])).validate(json.readTree(texts[i + 1])).isEmpty();
        answer = isValid ? "valid" : "not valid";
      } catch (Exception thrown) {
        answer = thrown.getClass().getSimpleName();
      }
      System.out.println(answer + " | " + texts[i] + " | " + texts[i + 1]);
    }
  }
}
JAVA
javac -cp "$jar" -d classes Ask.java
ask() { java -cp "$jar:classes" Ask "$@" 2> /dev/null; }
ask '{"format": "date-time"}' '"2024-01-01T00:00:00Z and more"' '{"format": "date"}' '"2024-01-01 and more"' '{"format": "date-time"}' '"2024-01-01T00:00:00+0100"' | tee seen
[ "$(cut -d" " -f1,2 seen | tr "\n" ",")" = "valid |,not valid,not valid," ]
