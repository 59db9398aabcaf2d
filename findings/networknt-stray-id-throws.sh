#!/usr/bin/env bash
# networknt json-schema-validator 1.5.2, draft-07: a property schema with an `id` that is no address makes the whole schema unusable.
#
# `id` is no keyword of draft-07 (it was renamed to `$id`), and unknown keywords are to be ignored, so one would guess that a field
# description such as {"type": "string", "id": "a field"} is harmless. It throws while loading, before anything is validated.
# Seen: JsonSchemaException with `id`, valid with a keyword of any other name.
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
ask '{"properties": {"a": {"type": "string", "id": "a field"}}}' '{"a": "x"}' '{"properties": {"a": {"type": "string", "ident": "a field"}}}' '{"a": "x"}' | tee seen
[ "$(cut -d" " -f1 seen | tr "\n" ",")" = "JsonSchemaException,valid," ]
