#!/usr/bin/env bash
# networknt json-schema-validator 1.5.2, draft-07: `const: 1` accepts 1.0, and `const: [1]` refuses [1.0].
#
# JSON Schema compares numbers by value at every depth, so one would guess that both are valid. Only the value itself is compared as a
# number; inside arrays and objects Jackson's node types decide, where an integer node never equals a double node. `enum` of the same
# array accepts it, so the two keywords disagree with each other as well.
# Seen: valid, not valid, valid.
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
ask '{"const": 1}' 1.0 '{"const": [1]}' "[1.0]" '{"enum": [[1]]}' "[1.0]" | tee seen
[ "$(cut -d" " -f1,2 seen | tr "\n" ",")" = "valid |,not valid,valid |," ]
