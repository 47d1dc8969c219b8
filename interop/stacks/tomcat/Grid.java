// Plays a scenario of the interop grid with the client of Tomcat, which does not tell of the answer to a Close frame.
// Argument: the server's address.

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.LogManager;
import org.apache.tomcat.websocket.WsSession;

public class Grid {
    static final Set<String> SCENARIOS = Set.of(
        "open", "text", "binary", "fragmented", "deflate",
        "ping", "subprotocol", "close-client", "close-server");
    /** What has come, such as "text Hello" or "close 1000 ". */
    static final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    public static void main(String[] arguments) {
        String scenario = System.getenv("WIREPROOF_SCENARIO");
        if (scenario == null || !SCENARIOS.contains(scenario)) System.exit(127);
        LogManager.getLogManager().reset();
        try {
            play(URI.create(arguments[0]), scenario);
            System.exit(0);
        } catch (Exception | AssertionError error) {
            System.err.println(error instanceof AssertionError ? error.getMessage() : error);
            System.exit(1);
        }
    }

    static void play(URI url, String scenario) throws Exception {
        WebSocketContainer container = ContainerProvider.getWebSocketContainer();
        container.setDefaultMaxTextMessageBufferSize(1048576);
        var config = ClientEndpointConfig.Builder.create();
        if (scenario.equals("deflate")) config.extensions(List.copyOf(container.getInstalledExtensions()));
        if (scenario.equals("subprotocol")) config.preferredSubprotocols(List.of("chat.v1", "chat.v2"));
        Session session = container.connectToServer(new Events(), config.build(), url);
        RemoteEndpoint.Basic remote = session.getBasicRemote();
        switch (scenario) {
            case "text" -> {
                remote.sendText("Grüße, 世界 👋");
                expect(events.take(), "text Grüße, 世界 👋");
            }
            case "binary" -> {
                byte[] octets = new byte[256];
                for (int value = 0; value < 256; value++) octets[value] = (byte) value;
                remote.sendBinary(ByteBuffer.wrap(octets));
                expect(events.take(), "binary " + new String(octets, StandardCharsets.ISO_8859_1));
            }
            case "fragmented" -> {
                for (int left = 16; left > 0; left--) remote.sendText("a".repeat(65536), left == 1);
                expect(events.take(), "text " + "a".repeat(1048576));
            }
            case "deflate" -> {
                var agreed = session.getNegotiatedExtensions();
                expect(agreed.isEmpty() ? "no extension" : agreed.get(0).getName(), "permessage-deflate");
                for (int times = 0; times < 3; times++) {
                    remote.sendText("deflate ".repeat(2048));
                    expect(events.take(), "text " + "deflate ".repeat(2048));
                }
            }
            case "ping" -> {
                remote.sendPing(ByteBuffer.wrap("wireproof".getBytes()));
                expect(events.take(), "pong wireproof");
            }
            case "subprotocol" -> expect(session.getNegotiatedSubprotocol(), "chat.v2");
        }
        switch (scenario) {
            case "close-client" -> {
                session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(3000), "client done"));
                // The library tells its own code and reason, before the answer has come.
                expect(events.take(), "close 3000 client done");
            }
            case "close-server" -> {
                remote.sendText("bye");
                expect(events.take(), "close 3001 server done");
            }
            default -> {
                session.close();
                expectStart(events.take(), "close 1000");
            }
        }
        // The library waits for the answer in the background, and does not notice if the server closes TCP instead.
        WsSession tomcatSession = (WsSession) session;
        for (int tries = 0; tries < 500 && !tomcatSession.isClosed(); tries++) Thread.sleep(10);
        if (!tomcatSession.isClosed()) throw new AssertionError("no answer to the Close frame");
    }

    /** Puts what has come into the queue. */
    public static class Events extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> events.add("text " + text));
            session.addMessageHandler(
                ByteBuffer.class,
                (MessageHandler.Whole<ByteBuffer>) octets ->
                    events.add("binary " + StandardCharsets.ISO_8859_1.decode(octets)));
            session.addMessageHandler(
                PongMessage.class,
                (MessageHandler.Whole<PongMessage>) pong ->
                    events.add("pong " + StandardCharsets.ISO_8859_1.decode(pong.getApplicationData())));
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            events.add("close " + reason.getCloseCode().getCode() + " " + reason.getReasonPhrase());
        }

        @Override
        public void onError(Session session, Throwable error) {
            events.add("error " + error);
        }
    }

    static void expect(String got, String wanted) {
        if (!wanted.equals(got)) throw new AssertionError(shortened(got) + ", not " + shortened(wanted));
    }

    static void expectStart(String got, String wanted) {
        if (!got.startsWith(wanted)) throw new AssertionError(shortened(got) + ", not " + wanted);
    }

    static String shortened(String text) {
        return text != null && text.length() > 80 ? text.substring(0, 80) : text;
    }
}
