package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The status page in a browser. Its pictures lie in target/status-page of the module, to be looked at. */
class StatusPageIT {

    private static final String RAW = Daemon.TEST_APPS.resolve("rawapp.py").toString();
    private static final Path PICTURES = Path.of("target/status-page");

    private final Path directory;

    StatusPageIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Daemon daemon() throws Exception {
        return Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                admin = "127.0.0.1:0"
                [app.raw]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                mount = "/raw"
                workers.max = 2
                [app.missing]
                kind = "fastcgi"
                command = ["%s/not-there-yet"]
                listen = "http:127.0.0.1:0"
                mount = "/missing"
                """.formatted(RAW, directory));
    }

    private static String page(Daemon daemon) throws Exception {
        return daemon.running().await("admin: (http://\\S+)").group(1);
    }

    private Browser browser() throws Exception {
        return Browser.start(Files.createTempDirectory(directory, "browser"));
    }

    @Test
    void theTableHasTheAppsAndTheConsoleIsSilent() throws Exception {
        try (Browser browser = browser();
                Daemon daemon = daemon()) {
            browser.open(page(daemon));
            assertThat(browser.value("document.querySelector('.apps tbody th').textContent"))
                    .isEqualTo("raw fastcgi");
            assertThat(browser.value("document.querySelectorAll('#app-raw .workers tbody tr').length"))
                    .isEqualTo("2");
            assertThat(browser.value("getComputedStyle(document.querySelector('.apps')).borderTopStyle"))
                    .as("the style sheet is in force")
                    .isEqualTo("solid");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void itShowsWhatHappensAndWhenGatepoolIsGone() throws Exception {
        try (Browser browser = browser();
                Daemon daemon = daemon()) {
            browser.open(page(daemon));
            assertThat(Call.get(daemon.port("missing", "http"), "/missing/news").status())
                    .isEqualTo(503);
            String shown = "document.querySelector('#failures').textContent.includes('GET /missing/news')";
            Poll.until("the failure is there without a reload", () -> isTrue(browser, shown));
            assertThat(browser.complaints()).isEmpty();
            daemon.stop();
            Poll.until("it says that nobody answers", () -> isTrue(browser, "!document.querySelector('#lost').hidden"));
        }
    }

    private static boolean isTrue(Browser browser, String expression) {
        try {
            return browser.value(expression).equals("true");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void withoutJavaScriptItIsComplete() throws Exception {
        try (Browser browser = browser();
                Daemon daemon = daemon()) {
            browser.withoutJavaScript();
            browser.open(page(daemon));
            assertThat(browser.html())
                    .contains("<th><a href=\"#app-raw\">raw</a>", "Requests a second", "not-there-yet does not exist")
                    .contains("<meta http-equiv=\"refresh\"");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void anAddressThatIsMarkupDoesNothing() throws Exception {
        try (Browser browser = browser();
                Daemon daemon = daemon();
                RawHttp client = RawHttp.connect(daemon.port("missing", "http"))) {
            String evil = "<img/src='/nothing'onerror=document.title='owned'><script>document.title='owned'</script>";
            assertThat(client.get("/missing/" + evil).response().status()).isEqualTo(503);
            browser.open(page(daemon));
            assertThat(browser.value("document.querySelector('#failures .what').textContent"))
                    .contains(evil);
            assertThat(browser.value("document.title")).isEqualTo("(!) gatepool");
            assertThat(browser.value("document.querySelectorAll('main img, main script').length"))
                    .isEqualTo("0");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 1400})
    void itFitsTheWindow(int width) throws Exception {
        try (Browser browser = browser();
                Daemon daemon = daemon()) {
            int raw = daemon.port("raw", "http");
            for (int request = 0; request < 20; request++) {
                Call.get(raw, "/raw/info");
            }
            Call.get(
                    daemon.port("missing", "http"),
                    "/missing/an-address-that-is-so-long-that-no-window-can-show-it-on-one-line/" + "x".repeat(300));
            browser.width(width);
            browser.open(page(daemon));
            Files.createDirectories(PICTURES);
            browser.screenshot(PICTURES.resolve(width + ".png"));
            assertThat(browser.value("document.documentElement.scrollWidth")).isEqualTo(Integer.toString(width));
        }
    }
}
