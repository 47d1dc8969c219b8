// Echo server on Jetty 9. Argument: the port.

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

public class Server {
    static final int MESSAGE_OCTETS = 64 * 1024 * 1024;

    public static class Echo extends WebSocketAdapter {
        @Override
        public void onWebSocketText(String text) {
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

    public static void main(String[] arguments) throws Exception {
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
                factory.register(Echo.class);
            }
        });
        server.start();
        server.join();
    }
}
