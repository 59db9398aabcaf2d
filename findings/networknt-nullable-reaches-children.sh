#!/usr/bin/env bash
# networknt json-schema-validator 1.5.2, draft-07: `nullable: true` beside an object makes null acceptable in its fields, too.
#
# `nullable` is OpenAPI's, and says that the value beside which it is written may be null. One would guess that draft-07 ignores it, or that it
# speaks of that one value. A child without `nullable` of its own is judged by its parent's.
# Seen: valid for {"a": null} where the parent is nullable, not valid where it is not.
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
ask '{"type": "object", "nullable": true, "properties": {"a": {"type": "string"}}}' '{"a": null}' '{"type": "object", "properties": {"a": {"type": "string"}}}' '{"a": null}' | tee seen
[ "$(cut -d" " -f1,2 seen | tr "\n" ",")" = "valid |,not valid," ]
