// Answers one question a line, both as JSON: {"schema", "instance"} with {"status"}, {"pattern", "texts"} with {"finds"}.
// The validator is built as Airbyte's platform v2.0.0 does: the dialect by a part of `$schema`, draft-07 otherwise.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import wiremock.com.fasterxml.jackson.databind.JsonNode;
import wiremock.com.fasterxml.jackson.databind.ObjectMapper;
import wiremock.com.fasterxml.jackson.databind.node.ObjectNode;
import wiremock.com.networknt.schema.JsonMetaSchema;
import wiremock.com.networknt.schema.JsonNodePath;
import wiremock.com.networknt.schema.JsonSchemaFactory;
import wiremock.com.networknt.schema.PathType;
import wiremock.com.networknt.schema.SchemaLocation;
import wiremock.com.networknt.schema.SchemaValidatorsConfig;
import wiremock.com.networknt.schema.SpecVersion.VersionFlag;
import wiremock.com.networknt.schema.ValidationContext;

public class Answers {
  static final ObjectMapper JSON = new ObjectMapper();
  static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(VersionFlag.V7);
  static final Map<String, JsonMetaSchema> DIALECTS = Map.of(
      "json-schema.org/draft-04", JsonMetaSchema.getV4(), "json-schema.org/draft-06", JsonMetaSchema.getV6(),
      "json-schema.org/draft/2019-09", JsonMetaSchema.getV201909(), "json-schema.org/draft/2020-12", JsonMetaSchema.getV202012());

  static JsonMetaSchema dialect(JsonNode schema) {
    String named = schema.path("$schema").asText("");
    return DIALECTS.entrySet().stream().filter(known -> named.contains(known.getKey()))
        .map(Map.Entry::getValue).findFirst().orElse(JsonMetaSchema.getV7());
  }

  static int status(String schema, String instance) throws Exception {
    JsonNode document = JSON.readTree(instance);
    try {
      JsonNode read = JSON.readTree(schema);
      ValidationContext context = new ValidationContext(dialect(read), FACTORY, new SchemaValidatorsConfig());
      SchemaLocation location = SchemaLocation.of("file:///app/nonexistent_file.json");
      return FACTORY.create(context, location, new JsonNodePath(PathType.LEGACY), read, null).validate(document).isEmpty() ? 200 : 422;
    } catch (Exception | StackOverflowError thrown) {
      return 500;
    }
  }

  static String finds(String pattern, JsonNode texts) {
    Pattern compiled;
    try {
      compiled = Pattern.compile(pattern);
    } catch (RuntimeException refused) {
      return null;
    }
    StringBuilder found = new StringBuilder();
    for (JsonNode text : texts) found.append(compiled.matcher(text.asText()).find() ? '1' : '0');
    return found.toString();
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line; (line = questions.readLine()) != null; ) {
      JsonNode question = JSON.readTree(line);
      ObjectNode answer = JSON.createObjectNode();
      if (question.has("pattern")) answer.put("finds", finds(question.get("pattern").asText(), question.get("texts")));
      else answer.put("status", status(question.get("schema").asText(), question.get("instance").asText()));
      answers.println(answer);
    }
  }
}
