// Plays a scenario of the interop grid with the client of Jetty 9. Argument: the server's address.

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.websocket.api.RemoteEndpoint;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.api.WebSocketPingPongListener;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;
import org.eclipse.jetty.websocket.common.WebSocketSession;
import org.eclipse.jetty.websocket.common.WebSocketSessionListener;

public class Grid {
    static final Set<String> SCENARIOS = Set.of(
        "open", "text", "binary", "fragmented", "deflate",
        "ping", "subprotocol", "close-client", "close-server");
    /** What has come, such as "text Hello" or "close 1000 ". */
    static final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    public static void main(String[] arguments) {
        String scenario = System.getenv("WIREPROOF_SCENARIO");
        if (scenario == null || !SCENARIOS.contains(scenario)) System.exit(127);
        System.setProperty("org.eclipse.jetty.LEVEL", "OFF");
        System.setProperty("org.eclipse.jetty.util.log.announce", "false");
        try {
            play(URI.create(arguments[0]), scenario);
            System.exit(0);
        } catch (Exception | AssertionError error) {
            System.err.println(error instanceof AssertionError ? error.getMessage() : error);
            System.exit(1);
        }
    }

    static void play(URI url, String scenario) throws Exception {
        ClientUpgradeRequest request = new ClientUpgradeRequest();
        if (scenario.equals("deflate")) request.addExtensions("permessage-deflate");
        if (scenario.equals("subprotocol")) request.setSubProtocols("chat.v1", "chat.v2");
        WebSocketClient client = new WebSocketClient();
        client.getPolicy().setMaxTextMessageSize(1048576);
        client.addSessionListener(new WebSocketSessionListener() {
            @Override
            public void onSessionClosed(WebSocketSession session) {
                events.add("end");
            }
        });
        client.start();
        Session session = client.connect(new Events(), url, request).get();
        RemoteEndpoint remote = session.getRemote();
        switch (scenario) {
            case "text" -> {
                remote.sendString("Grüße, 世界 👋");
                expect(events.take(), "text Grüße, 世界 👋");
            }
            case "binary" -> {
                byte[] octets = new byte[256];
                for (int value = 0; value < 256; value++) octets[value] = (byte) value;
                String wanted = "binary " + new String(octets, StandardCharsets.ISO_8859_1);
                // The library masks the octets in the array itself.
                remote.sendBytes(ByteBuffer.wrap(octets));
                expect(events.take(), wanted);
            }
            case "fragmented" -> {
                for (int left = 16; left > 0; left--) remote.sendPartialString("a".repeat(65536), left == 1);
                expect(events.take(), "text " + "a".repeat(1048576));
            }
            case "deflate" -> {
                var agreed = session.getUpgradeResponse().getExtensions();
                expect(agreed.isEmpty() ? "no extension" : agreed.get(0).getName(), "permessage-deflate");
                for (int times = 0; times < 3; times++) {
                    remote.sendString("deflate ".repeat(2048));
                    expect(events.take(), "text " + "deflate ".repeat(2048));
                }
            }
            case "ping" -> {
                remote.sendPing(ByteBuffer.wrap("wireproof".getBytes()));
                expect(events.take(), "pong wireproof");
            }
            case "subprotocol" -> expect(session.getUpgradeResponse().getAcceptedSubProtocol(), "chat.v2");
        }
        switch (scenario) {
            case "close-client" -> {
                session.close(3000, "client done");
                expectStart(events.take(), "close 3000 ");
            }
            case "close-server" -> {
                remote.sendString("bye");
                expect(events.take(), "close 3001 server done");
            }
            default -> {
                session.close();
                expectStart(events.take(), "close ");
            }
        }
        // A Close frame is told before it is answered.
        expect(events.take(), "end");
        client.stop();
    }

    /** Puts what has come into the queue. */
    public static class Events extends WebSocketAdapter implements WebSocketPingPongListener {
        @Override
        public void onWebSocketText(String text) {
            events.add("text " + text);
        }

        @Override
        public void onWebSocketBinary(byte[] octets, int offset, int length) {
            events.add("binary " + new String(octets, offset, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void onWebSocketPing(ByteBuffer payload) {}

        @Override
        public void onWebSocketPong(ByteBuffer payload) {
            events.add("pong " + StandardCharsets.ISO_8859_1.decode(payload));
        }

        @Override
        public void onWebSocketClose(int code, String reason) {
            boolean isAbnormal = code == StatusCode.ABNORMAL;
            events.add(isAbnormal ? "end without a Close frame" : "close " + code + " " + reason);
        }

        @Override
        public void onWebSocketError(Throwable error) {
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
