package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatepool.exchange.AppStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StatusJsonTest {

    /** Whose fields are named after something else: causes, reasons, protocols, statuses. */
    private static final Set<String> MAPS = Set.of("failures_by_cause", "restarts", "front_connections");

    private static JsonNode json(String evil) throws Exception {
        AppStatus app = Snapshots.app("blog", "ok", "", Snapshots.busy(4182, "GET /" + evil));
        RecentFailures failures = most ->
                List.of(new RecentFailures.Failure("r1", Instant.EPOCH, "blog", "GET /" + evil, "queue-full", evil));
        ProcUsage.Sample usage = new ProcUsage.Sample(
                Map.of(4182, new ProcUsage.Usage(4096, 1.25, 3.1)),
                Map.of("blog", new ProcUsage.Total(4096, 1.25, 3.1)));
        Snapshot snapshot = Snapshot.take(Snapshots.sources(AdminSources.Stage.SERVING, List.of(app), failures));
        return new ObjectMapper().readTree(StatusJson.of(snapshot, usage));
    }

    private static void names(JsonNode node, Set<String> names) {
        node.properties().forEach(field -> {
            names.add(field.getKey());
            if (!MAPS.contains(field.getKey())) {
                names(field.getValue(), names);
            }
        });
        if (node.isArray()) {
            node.forEach(element -> names(element, names));
        }
    }

    @Test
    void thePageNamesEveryField() throws Exception {
        String page = Files.readString(Path.of("../docs/admin.md"));
        String section = page.substring(page.indexOf("## status.json"));
        Set<String> documented = Pattern.compile("`([a-z0-9_]+)`")
                .matcher(section)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> names = new TreeSet<>();
        names(json(""), names);
        documented.remove("slice_seconds");
        names.remove("slice_seconds");
        assertThat(names).isEqualTo(documented);
    }

    @Test
    void numbersHaveTheUnitsOfTheirNames() throws Exception {
        JsonNode app = json("").get("apps").get(0);
        assertThat(app.get("oldest_seconds").asDouble()).isEqualTo(1.5);
        JsonNode worker = app.get("workers").get(0);
        assertThat(worker.get("age_seconds").asLong()).isEqualTo(8040);
        assertThat(worker.get("resident_bytes").asLong()).isEqualTo(4096);
        assertThat(worker.get("now").get(0).get("running_seconds").asDouble()).isEqualTo(0.2);
    }

    @Test
    void whateverAStrangerChoosesComesThroughAsItIs() throws Exception {
        JsonNode root = json(Snapshots.EVIL);
        assertThat(root.get("failures").get(0).get("detail").asText()).isEqualTo(Snapshots.EVIL);
    }
}
