package io.gatepool.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A headless Chromium with one tab, told what to do over its DevTools protocol. */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Running chromium;
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final String session;

    private Browser(Running chromium, String address) throws Exception {
        this.chromium = chromium;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address), new Messages())
                .get(Poll.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        String target = call("", "Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .asText();
        this.session = call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asText();
        for (String domain : List.of("Page", "Log", "Runtime")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** @param directory for its profile */
    static Browser start(Path directory) throws Exception {
        Needs.program("chromium", "chromium");
        Running chromium = Running.start(
                directory,
                Map.of("HOME", directory.toString()),
                "/usr/bin/chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--user-data-dir=" + directory.resolve("profile"),
                "--remote-debugging-port=0",
                "about:blank");
        return new Browser(
                chromium, chromium.await("DevTools listening on (ws://\\S+)").group(1));
    }

    /** What comes from the browser: pieces of messages, answers and events. */
    private final class Messages implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                receive(message.toString());
                message.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private void receive(String text) {
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
        CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt());
        if (answer != null) {
            answer.complete(message);
            return;
        }
        String method = message.path("method").asText();
        events.add(method);
        if (method.equals("Runtime.exceptionThrown")
                || method.equals("Runtime.consoleAPICalled")
                || method.equals("Log.entryAdded")) {
            complaints.add(message.get("params").toString());
        }
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
        return call(session, method, parameters);
    }

    private JsonNode call(String to, String method, Map<String, Object> parameters) throws Exception {
        int id = lastId.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        if (!to.isEmpty()) {
            message.put("sessionId", to);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText(message.toString(), true).get(Poll.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        JsonNode came = answer.get(Poll.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (came.has("error")) {
            throw new AssertionError(method + ": " + came);
        }
        return came.get("result");
    }

    /** As if the person had switched JavaScript off. */
    void withoutJavaScript() throws Exception {
        call("Emulation.setScriptExecutionDisabled", Map.of("value", true));
    }

    void width(int pixels) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", pixels, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Opens the page, and waits until it and all that belongs to it has loaded. */
    void open(String uri) throws Exception {
        events.clear();
        call("Page.navigate", Map.of("url", uri));
        Poll.until(uri + " has loaded", () -> events.contains("Page.loadEventFired"));
    }

    /** The document as it is now, as HTML. */
    String html() throws Exception {
        int root = call("DOM.getDocument", Map.of()).get("root").get("nodeId").asInt();
        return call("DOM.getOuterHTML", Map.of("nodeId", root)).get("outerHTML").asText();
    }

    /** What an expression of JavaScript is worth, as text. */
    String value(String expression) throws Exception {
        return call("Runtime.evaluate", Map.of("expression", "String(" + expression + ")"))
                .get("result")
                .get("value")
                .asText();
    }

    /** Everything that the page's console has shown: errors, warnings, refused resources. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** The whole page as a picture. */
    void screenshot(Path file) throws Exception {
        JsonNode picture = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode(picture.get("data").asText()));
    }

    @Override
    public void close() throws Exception {
        call("", "Browser.close", Map.of());
        chromium.awaitExit();
    }
}
