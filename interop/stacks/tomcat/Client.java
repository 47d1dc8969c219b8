// Walks through the cases of the tester with the client of Tomcat. Argument: the tester's address.

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.logging.LogManager;

public class Client {
    // Tomcat allocates this much for each connection at once.
    static final int MESSAGE_OCTETS = 1024 * 1024;
    static final WebSocketContainer container = ContainerProvider.getWebSocketContainer();
    static String url;

    /** Remembers the last text, and sends messages back if it is told to. */
    public static class Visit extends Endpoint {
        final CompletableFuture<String> closed = new CompletableFuture<>();
        private final boolean echoes;
        private String lastText = "";

        Visit(boolean echoes) {
            this.echoes = echoes;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> {
                lastText = text;
                if (!echoes) return;
                try {
                    session.getBasicRemote().sendText(text);
                } catch (IOException error) {
                    throw new UncheckedIOException(error);
                }
            });
            session.addMessageHandler(ByteBuffer.class, (MessageHandler.Whole<ByteBuffer>) octets -> {
                if (!echoes) return;
                try {
                    session.getBasicRemote().sendBinary(octets);
                } catch (IOException error) {
                    throw new UncheckedIOException(error);
                }
            });
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            closed.complete(lastText);
        }

        @Override
        public void onError(Session session, Throwable error) {}
    }

    /** Connects, waits until the connection is closed, and returns the last text that came. */
    static String visit(String path, boolean echoes) {
        Visit visit = new Visit(echoes);
        try {
            container.connectToServer(visit, ClientEndpointConfig.Builder.create().build(), URI.create(url + path));
        } catch (DeploymentException | IOException error) {
            return "";
        }
        return visit.closed.join();
    }

    public static void main(String[] arguments) {
        LogManager.getLogManager().reset();
        url = arguments[0];
        container.setDefaultMaxTextMessageBufferSize(MESSAGE_OCTETS);
        container.setDefaultMaxBinaryMessageBufferSize(MESSAGE_OCTETS);
        int count = Integer.parseInt(visit("/getCaseCount", false));
        for (int number = 1; number <= count; number++) visit("/runCase?case=" + number + "&agent=Tomcat", true);
        visit("/updateReports?agent=Tomcat", false);
        System.exit(0);
    }
}
