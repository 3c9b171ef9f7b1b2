package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.exchange.AppStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusPageTest {

    private static final ProcUsage.Sample USAGE = new ProcUsage.Sample(
            Map.of(4182, new ProcUsage.Usage(50_331_648, 12, 3.1)),
            Map.of("blog", new ProcUsage.Total(50_331_648, 12, 3.1)));

    private static String page(List<AppStatus> apps, RecentFailures failures) {
        Snapshot snapshot = Snapshot.take(Snapshots.sources(AdminSources.Stage.SERVING, apps, failures));
        return StatusPage.of(snapshot, USAGE);
    }

    @Test
    void showsAppsWorkersAndWhatTheyAreDoing() {
        AppStatus blog = Snapshots.app("blog", "ok", "", Snapshots.busy(4182, "GET /index.php"));
        assertThat(page(List.of(blog), most -> List.of()))
                .contains(
                        "<a href=\"#app-blog\">blog</a>", "data-label=\"workers\">1/8<", "data-label=\"oldest\">1.5 s<")
                .contains("<th>4182</th>", ">48 MiB<", ">3.1<", ">2h 14m<", "<b class=\"state busy\">busy</b>")
                .contains("<i>200 ms</i> <code>r7f3a412</code> GET /index.php")
                .contains("<svg ", "10 min ago", "None of gatepool's own since the start.");
    }

    @Test
    void showsWhyAnAppFailsAndWhatHasFailed() {
        RecentFailures failures = most -> List.of(new RecentFailures.Failure(
                "r1234567", Instant.EPOCH, "shop", "GET /cart", "app-failing", "workers exit with status 1"));
        assertThat(page(List.of(Snapshots.app("shop", "failing", "no module named 'stripe'")), failures))
                .contains("<title>(!) gatepool</title>", "not ready")
                .contains("<p class=\"reason\">no module named &#39;stripe&#39;</p>")
                .contains("<code>r1234567</code>", "app-failing", "GET /cart<small>workers exit with status 1</small>");
    }

    @Test
    void whateverAStrangerChoosesIsTextOnly() {
        String evil = Snapshots.EVIL;
        RecentFailures failures =
                most -> List.of(new RecentFailures.Failure(evil, Instant.EPOCH, evil, evil, evil, evil));
        AppStatus app = Snapshots.app("blog", "failing", evil, Snapshots.busy(4182, evil));
        String page = page(List.of(app), failures);
        assertThat(page)
                .contains("&lt;script&gt;alert(&#39;&quot;&amp;{}&#39;)&lt;/script&gt;\\")
                .doesNotContain("<script>", "\u0007");
        assertThat(page.split("<script", -1)).as("the page's own, and no other").hasSize(2);
    }

    @Test
    void nothingInItNeedsAnExceptionFromTheContentSecurityPolicy() {
        AppStatus blog = Snapshots.app("blog", "ok", "", Snapshots.busy(4182, "GET /"));
        assertThat(page(List.of(blog), most -> List.of())).doesNotContain("style=", "<style", "onclick", "javascript:");
    }
}
