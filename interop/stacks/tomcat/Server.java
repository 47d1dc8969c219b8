// Echo server on Tomcat, embedded. Arguments: the port, and a folder for its files.

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.logging.LogManager;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

public class Server {
    // The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
    static final Set<String> SCENARIOS = Set.of(
            "open", "text", "binary", "fragmented", "deflate",
            "ping", "subprotocol", "close-client", "close-server");
    static final String SCENARIO = System.getenv().getOrDefault("WIREPROOF_SCENARIO", "open");

    // Tomcat allocates this much for each connection at once.
    static final int MESSAGE_OCTETS = 1024 * 1024;

    static final List<String> SUBPROTOCOLS = SCENARIO.equals("subprotocol") ? List.of("chat.v2") : List.of();
    static final CloseReason SERVER_DONE = new CloseReason(CloseReason.CloseCodes.getCloseCode(3001), "server done");

    public static class Echo extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.setMaxTextMessageBufferSize(MESSAGE_OCTETS);
            session.setMaxBinaryMessageBufferSize(MESSAGE_OCTETS);
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> {
                try {
                    if (SCENARIO.equals("close-server")) session.close(SERVER_DONE);
                    else session.getBasicRemote().sendText(text);
                } catch (IOException error) {
                    throw new UncheckedIOException(error);
                }
            });
            session.addMessageHandler(ByteBuffer.class, (MessageHandler.Whole<ByteBuffer>) octets -> {
                try {
                    session.getBasicRemote().sendBinary(octets);
                } catch (IOException error) {
                    throw new UncheckedIOException(error);
                }
            });
        }

        @Override
        public void onError(Session session, Throwable error) {}
    }

    public static class Registration implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            var container = (ServerContainer) event.getServletContext().getAttribute(ServerContainer.class.getName());
            var config = ServerEndpointConfig.Builder.create(Echo.class, "/echo").subprotocols(SUBPROTOCOLS).build();
            try {
                container.addEndpoint(config);
            } catch (DeploymentException error) {
                throw new IllegalStateException(error);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (!SCENARIOS.contains(SCENARIO)) System.exit(127);
        LogManager.getLogManager().reset();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(arguments[1]);
        tomcat.setPort(Integer.parseInt(arguments[0]));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", new File(arguments[1]).getAbsolutePath());
        context.addServletContainerInitializer(new WsSci(), null);
        context.addApplicationListener(Registration.class.getName());
        // The filter that upgrades requests works only in front of a servlet.
        Tomcat.addServlet(context, "default", DefaultServlet.class.getName());
        context.addServletMappingDecoded("/", "default");
        tomcat.start();
        tomcat.getServer().await();
    }
}
