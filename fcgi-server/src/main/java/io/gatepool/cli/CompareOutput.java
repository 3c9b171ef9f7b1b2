package io.gatepool.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import io.gatepool.compare.Comparison;
import io.gatepool.compare.HtmlReport;
import io.gatepool.compare.JsonReport;
import io.gatepool.compare.Machine;
import io.gatepool.compare.TextReport;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a comparison goes. Apart from the command, whose methods picocli looks at in every gatepool that starts, and
 * with them at what they take.
 */
final class CompareOutput {

    private CompareOutput() {}

    /** To standard output, in the charset of the terminal, with blocks only if that has them; and as HTML if wanted. */
    static void write(Comparison comparison, Optional<Path> html, boolean json) throws IOException {
        if (html.isPresent()) {
            Files.writeString(html.get(), HtmlReport.of(comparison, Machine.describe()));
        }
        Map<String, String> variables = System.getenv();
        boolean blocks =
                TextReport.hasBlocks(variables.get("LC_ALL"), variables.get("LC_CTYPE"), variables.get("LANG"));
        PrintStream out = new PrintStream(
                new FileOutputStream(FileDescriptor.out),
                false,
                blocks || json ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII);
        out.print(json ? JSON.std.asString(JsonReport.of(comparison)) + "\n" : TextReport.of(comparison, blocks));
        out.flush();
    }
}
