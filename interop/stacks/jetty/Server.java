// Echo server on Jetty 9. Argument: the port.

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.ServletUpgradeRequest;
import org.eclipse.jetty.websocket.servlet.ServletUpgradeResponse;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

public class Server {
    // The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
    static final Set<String> SCENARIOS = Set.of(
            "open", "text", "binary", "fragmented", "deflate",
            "ping", "subprotocol", "close-client", "close-server");
    static final String SCENARIO = System.getenv().getOrDefault("WIREPROOF_SCENARIO", "open");

    static final int MESSAGE_OCTETS = 64 * 1024 * 1024;

    public static class Echo extends WebSocketAdapter {
        @Override
        public void onWebSocketText(String text) {
            if (SCENARIO.equals("close-server")) {
                getSession().close(3001, "server done");
                return;
            }
            try {
                getRemote().sendString(text);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }

        @Override
        public void onWebSocketBinary(byte[] octets, int offset, int length) {
            try {
                getRemote().sendBytes(ByteBuffer.wrap(octets, offset, length));
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }

        @Override
        public void onWebSocketError(Throwable error) {}
    }

    static Object withSubprotocol(ServletUpgradeRequest request, ServletUpgradeResponse response) {
        if (request.hasSubProtocol("chat.v2")) response.setAcceptedSubProtocol("chat.v2");
        return new Echo();
    }

    public static void main(String[] arguments) throws Exception {
        if (!SCENARIOS.contains(SCENARIO)) System.exit(127);
        System.setProperty("org.eclipse.jetty.LEVEL", "OFF");
        var server = new org.eclipse.jetty.server.Server();
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        server.addConnector(connector);
        server.setHandler(new WebSocketHandler() {
            @Override
            public void configure(WebSocketServletFactory factory) {
                factory.getPolicy().setMaxTextMessageSize(MESSAGE_OCTETS);
                factory.getPolicy().setMaxBinaryMessageSize(MESSAGE_OCTETS);
                if (SCENARIO.equals("subprotocol")) factory.setCreator(Server::withSubprotocol);
                else factory.register(Echo.class);
            }
        });
        server.start();
        server.join();
    }
}
