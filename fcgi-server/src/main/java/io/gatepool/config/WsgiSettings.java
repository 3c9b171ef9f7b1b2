package io.gatepool.config;

import java.nio.file.Path;
import java.util.List;

/**
 * The Python application of a WSGI app.
 *
 * @param module what is loaded, such as {@code shop:app}
 * @param python an interpreter or a virtualenv: an absolute path, or a name that is looked for in PATH
 * @param pythonPath where modules are looked for before the rest; absolute
 * @param threads how many requests one worker serves side by side
 */
public record WsgiSettings(String module, String python, List<Path> pythonPath, int threads) {

    public WsgiSettings {
        pythonPath = List.copyOf(pythonPath);
    }
}
