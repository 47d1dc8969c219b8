// Echo server on POCO's WebSocket, which gives the application frames: this one joins them to messages, and answers
// Ping and Close. Argument: the port.
#include <Poco/Buffer.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/WebSocket.h>
#include <Poco/ThreadPool.h>
#include <cstdlib>
#include <set>
#include <string>
#include <unistd.h>

using namespace Poco::Net;

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
static const std::set<std::string> SCENARIOS = {"open", "text", "binary", "fragmented", "ping",
                                                "subprotocol", "close-client", "close-server"};
static std::string scenario = "open";

static void read_scenario() {
    const char* given = std::getenv("WIREPROOF_SCENARIO");
    if (given != nullptr) scenario = given;
    if (SCENARIOS.count(scenario) == 0) std::exit(127);
}

static void echo(WebSocket& connection) {
    const int fin = WebSocket::FRAME_FLAG_FIN;
    std::string message;
    int kind = 0;
    bool is_closing = false;
    for (;;) {
        Poco::Buffer<char> payload(0);
        int flags = 0;
        const int length = connection.receiveFrame(payload, flags);
        if (length == 0 && flags == 0) return;  // TCP has ended.
        switch (flags & WebSocket::FRAME_OP_BITMASK) {
        case WebSocket::FRAME_OP_CLOSE:
            if (!is_closing) connection.sendFrame(payload.begin(), length, flags);
            return;
        case WebSocket::FRAME_OP_PING:
            connection.sendFrame(payload.begin(), length, fin | WebSocket::FRAME_OP_PONG);
            break;
        case WebSocket::FRAME_OP_PONG:
            break;
        default:
            if ((flags & WebSocket::FRAME_OP_BITMASK) != WebSocket::FRAME_OP_CONT) kind = flags & WebSocket::FRAME_OP_BITMASK;
            message.append(payload.begin(), length);
            if ((flags & fin) && scenario == "close-server") {
                is_closing = true;
                connection.shutdown(3001, "server done");
            } else if (flags & fin) {
                connection.sendFrame(message.data(), static_cast<int>(message.size()), fin | kind);
                message.clear();
            }
        }
    }
}

class Handler : public HTTPRequestHandler {
    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
        try {
            const bool is_offered = request.hasToken("Sec-WebSocket-Protocol", "chat.v2");
            if (is_offered && scenario == "subprotocol") response.set("Sec-WebSocket-Protocol", "chat.v2");
            WebSocket connection(request, response);
            connection.setMaxPayloadSize(64 << 20);
            connection.setReceiveTimeout(Poco::Timespan(60, 0));
            echo(connection);
        } catch (const WebSocketException&) {
            if (response.sent()) return;
            response.set("Sec-WebSocket-Version", WebSocket::WEBSOCKET_VERSION);
            response.setStatusAndReason(HTTPResponse::HTTP_BAD_REQUEST);
            response.setContentLength(0);
            response.send();
        } catch (const Poco::Exception&) {
            // The connection has ended.
        }
    }
};

class Factory : public HTTPRequestHandlerFactory {
    HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override { return new Handler; }
};

int main(int, char** arguments) {
    read_scenario();
    HTTPServerParams* parameters = new HTTPServerParams;
    parameters->setMaxThreads(64);
    parameters->setMaxQueued(256);
    Poco::ThreadPool threads(2, 80);
    const auto port = static_cast<Poco::UInt16>(std::atoi(arguments[1]));
    HTTPServer server(new Factory, threads, ServerSocket(SocketAddress("127.0.0.1", port)), parameters);
    server.start();
    for (;;) pause();
}
