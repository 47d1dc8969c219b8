// Echo server on Boost.Beast, with permessage-deflate; a thread for each connection. Argument: the port.
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
static const std::set<std::string> SCENARIOS = {"open", "text", "binary", "fragmented", "deflate",
                                                "ping", "subprotocol", "close-client", "close-server"};
static std::string scenario = "open";

static void read_scenario() {
    const char* given = std::getenv("WIREPROOF_SCENARIO");
    if (given != nullptr) scenario = given;
    if (SCENARIOS.count(scenario) == 0) std::exit(127);
}

static void accept_with_subprotocol(websocket::stream<tcp::socket>& connection) {
    beast::flat_buffer buffer;
    http::request<http::empty_body> request;
    http::read(connection.next_layer(), buffer, request);
    if (http::token_list(request[http::field::sec_websocket_protocol]).exists("chat.v2")) {
        connection.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
            response.set(http::field::sec_websocket_protocol, "chat.v2");
        }));
    }
    connection.accept(request);
}

void echo(tcp::socket socket) {
    websocket::stream<tcp::socket> connection(std::move(socket));
    websocket::permessage_deflate deflate;
    deflate.server_enable = true;
    connection.set_option(deflate);
    connection.read_message_max(64 << 20);
    try {
        if (scenario == "subprotocol") accept_with_subprotocol(connection);
        else connection.accept();
        for (;;) {
            beast::flat_buffer message;
            connection.read(message);
            if (scenario == "close-server") {
                connection.close(websocket::close_reason(static_cast<websocket::close_code>(3001), "server done"));
                return;
            }
            connection.text(connection.got_text());
            connection.write(message.data());
        }
    } catch (const beast::system_error&) {
        // The connection has ended.
    }
}

int main(int, char** arguments) {
    read_scenario();
    asio::io_context context;
    const auto port = static_cast<unsigned short>(std::atoi(arguments[1]));
    tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), port});
    for (;;) {
        tcp::socket socket(context);
        acceptor.accept(socket);
        std::thread(echo, std::move(socket)).detach();
    }
}
