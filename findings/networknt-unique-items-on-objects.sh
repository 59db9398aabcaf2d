#!/usr/bin/env bash
# networknt json-schema-validator 1.5.2, draft-07: `uniqueItems` beside an object refuses two members with equal values.
#
# The keyword speaks of arrays only, so one would guess that it is ignored for every other value, as `maxItems` is there. The values of an
# object are gone through like the items of an array.
# Seen: not valid for {"a": 1, "b": 1}, valid for {"a": 1, "b": 2} and for both with `maxItems: 1`.
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
ask '{"uniqueItems": true}' '{"a": 1, "b": 1}' '{"uniqueItems": true}' '{"a": 1, "b": 2}' '{"maxItems": 1}' '{"a": 1, "b": 1}' | tee seen
[ "$(cut -d" " -f1,2 seen | tr "\n" ",")" = "not valid,valid |,valid |," ]
