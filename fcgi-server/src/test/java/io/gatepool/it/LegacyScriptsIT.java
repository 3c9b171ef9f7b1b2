package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run that docs/cgi.md shows, with less to carry: git over HTTP, gitweb, CGI.pm, events, clients that leave. */
class LegacyScriptsIT {

    @Test
    void oldScriptsRunAsTheyAreBehindNginx(@TempDir Path directory) throws Exception {
        Needs.program("nginx", "nginx-light");
        Needs.file("/usr/lib/git-core/git-http-backend", "git");
        Needs.file("/usr/share/perl5/CGI.pm", "libcgi-pm-perl");
        try (Running run = Running.start(
                Daemon.REPOSITORY,
                Map.of("TMPDIR", directory.toString()),
                "/usr/bin/python3",
                "bench/legacy_scripts.py",
                "--history",
                "10",
                "--upload",
                "5")) {
            assertThat(run.awaitExit()).as(run.output()).isZero();
            assertThat(run.output())
                    .contains("git clone of 10 MiB", "git push of 10 MiB", "its checksum is right", "events, one each")
                    .containsPattern("50 clients .* leave: no script is left")
                    .containsPattern("children: (\\d+) spawned, \\1 reaped");
        }
    }
}
