package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The YAML of docs/scale-out.md: it is YAML, its parts fit each other, and gatepool has what they name. */
class ScaleOutIT {

    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** Prints every value of every document as {@code Kind/path/of/keys=value}. */
    private static final String FLATTEN = """
            import sys, yaml
            def walk(path, node):
                if isinstance(node, dict):
                    for key, value in node.items():
                        walk(f"{path}/{key}", value)
                elif isinstance(node, list):
                    for number, value in enumerate(node):
                        walk(f"{path}/{number}", value)
                else:
                    print(f"{path}={node}".replace("\\n", "\\\\n"))
            for document in yaml.safe_load_all(open(sys.argv[1])):
                walk(document.get("kind", "values"), document)
            """;

    private static final String POD = "Deployment/spec/template/spec/";
    private static final String CONTAINER = POD + "containers/0/";

    private static Path directory;

    private static Map<String, String> values = Map.of();

    @BeforeAll
    static void parse(@TempDir Path temporary) throws Exception {
        directory = temporary;
        Needs.file("/usr/lib/python3/dist-packages/yaml/__init__.py", "python3-yaml");
        String page = Files.readString(Daemon.REPOSITORY.resolve("docs/scale-out.md"));
        List<String> blocks = new ArrayList<>();
        for (Matcher block = BLOCK.matcher(page); block.find(); ) {
            blocks.add(block.group(1));
        }
        Path yaml = Files.writeString(directory.resolve("all.yaml"), String.join("---\n", blocks));
        Map<String, String> found = new TreeMap<>();
        Programs.run(directory, "/usr/bin/python3", "-c", FLATTEN, yaml.toString())
                .lines()
                .map(line -> line.split("=", 2))
                .forEach(pair -> found.put(pair[0], pair[1]));
        values = found;
    }

    private static String value(String path) {
        assertThat(values).containsKey(path);
        return values.getOrDefault(path, "");
    }

    private static int number(String path) {
        return Integer.parseInt(value(path));
    }

    private static String configuration() {
        return value("ConfigMap/data/gatepool.toml").replace("\\n", "\n");
    }

    private static int seconds(String key) {
        Matcher value = Pattern.compile(key + " = \"(\\d+)s\"").matcher(configuration());
        assertThat(value.find()).as(key).isTrue();
        return Integer.parseInt(value.group(1));
    }

    @Test
    void allKindsAreThere() {
        Set<String> kinds = new TreeSet<>();
        values.keySet().forEach(path -> kinds.add(path.substring(0, path.indexOf('/'))));
        assertThat(kinds)
                .containsExactly(
                        "ConfigMap",
                        "Deployment",
                        "HorizontalPodAutoscaler",
                        "PodDisruptionBudget",
                        "PodMonitor",
                        "Service",
                        "values");
    }

    @Test
    void gatepoolTakesItsConfiguration() throws Exception {
        Path file = Files.writeString(directory.resolve("gatepool.toml"), configuration());
        try (Running check = Daemon.start(directory, "check", "-c", file.toString())) {
            assertThat(check.awaitExit()).as(check.output()).isZero();
            assertThat(check.output()).contains("1 app, no problems");
        }
    }

    @Test
    void theGracePeriodIsLongerThanAllThatHappensInIt() {
        assertThat(value(CONTAINER + "lifecycle/preStop/exec/command/0")).isEqualTo("sleep");
        int stopTimeout = 5;
        assertThat(number(POD + "terminationGracePeriodSeconds"))
                .isGreaterThan(number(CONTAINER + "lifecycle/preStop/exec/command/1")
                        + seconds("drain_timeout")
                        + stopTimeout);
    }

    @Test
    void probesAskTheAdminAddress() {
        assertThat(value(CONTAINER + "ports/0/name")).isEqualTo("http");
        assertThat(value(CONTAINER + "ports/1/name")).isEqualTo("admin");
        assertThat(configuration())
                .contains("admin = \":" + value(CONTAINER + "ports/1/containerPort") + '"')
                .contains("listen = \"http::" + value(CONTAINER + "ports/0/containerPort") + '"');
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertThat(value(CONTAINER + probe + "/httpGet/port")).isEqualTo("admin");
        }
        assertThat(value(CONTAINER + "startupProbe/httpGet/path")).isEqualTo("/live");
        assertThat(value(CONTAINER + "readinessProbe/httpGet/path")).isEqualTo("/ready");
        assertThat(value(CONTAINER + "livenessProbe/httpGet/path")).isEqualTo("/live");
        assertThat(value("PodMonitor/spec/podMetricsEndpoints/0/port")).isEqualTo("admin");
    }

    @Test
    void whatIsMountedIsAVolume() {
        Set<String> volumes = new TreeSet<>();
        Set<String> mounts = new TreeSet<>();
        values.forEach((path, value) -> {
            if (path.matches(POD + "volumes/\\d+/name")) {
                volumes.add(value);
            } else if (path.matches(CONTAINER + "volumeMounts/\\d+/name")) {
                mounts.add(value);
            }
        });
        assertThat(mounts).isNotEmpty().isEqualTo(volumes);
    }

    @Test
    void theAutoscalerReadsWhatTheAdapterMakesOfMetricsThatThereAre() throws Exception {
        String metrics = Files.readString(Daemon.REPOSITORY.resolve("docs/admin.md"));
        for (int number = 0; number < 2; number++) {
            String rule = "values/rules/custom/" + number;
            assertThat(value("HorizontalPodAutoscaler/spec/metrics/" + number + "/pods/metric/name"))
                    .isEqualTo(value(rule + "/name/as"));
            Matcher family = Pattern.compile("(\\w+)\\{").matcher(value(rule + "/seriesQuery"));
            assertThat(family.lookingAt()).isTrue();
            assertThat(metrics).contains("| `" + family.group(1) + "` | gauge |");
        }
        assertThat(value("values/rules/custom/0/name/as")).isEqualTo("gatepool_queue_requests");
    }
}
