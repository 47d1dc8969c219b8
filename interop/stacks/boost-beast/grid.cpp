// Plays a scenario of the interop grid with Boost.Beast. Argument: the server's address.
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdlib>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

const std::set<std::string> scenarios = {"open", "text",        "binary",       "fragmented",  "deflate",
                                         "ping", "subprotocol", "close-client", "close-server"};

template <typename Value>
void expect(const std::string& what, const Value& got, const Value& wanted) {
    if (got != wanted) throw std::runtime_error("not as expected: " + what);
}

class Player {
  public:
    Player(const std::string& authority, const std::string& path, const std::string& scenario) : scenario(scenario), connection(context) {
        const auto colon = authority.rfind(':');
        const auto port = static_cast<unsigned short>(std::stoi(authority.substr(colon + 1)));
        beast::get_lowest_layer(connection).connect({asio::ip::make_address(authority.substr(0, colon)), port});
        websocket::permessage_deflate deflate;
        deflate.client_enable = scenario == "deflate";
        connection.set_option(deflate);
        if (scenario == "subprotocol") {
            connection.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
                request.set(beast::http::field::sec_websocket_protocol, "chat.v1, chat.v2");
            }));
        }
        connection.handshake(response, authority, path);
    }

    void play() {
        if (scenario == "text") echo("Grüße, 世界 👋");
        if (scenario == "binary") {
            std::string octets;
            for (int value = 0; value < 256; value++) octets += static_cast<char>(value);
            connection.binary(true);
            echo(octets);
        }
        if (scenario == "fragmented") {
            const std::string part(65536, 'a');
            for (int left = 16; left > 0; left--) connection.write_some(left == 1, asio::buffer(part));
            expect_message(std::string(1048576, 'a'));
        }
        if (scenario == "deflate") {
            const std::string agreed(response[beast::http::field::sec_websocket_extensions]);
            expect("permessage-deflate is agreed", agreed.find("permessage-deflate"), std::size_t{0});
            std::string text;
            for (int times = 0; times < 2048; times++) text += "deflate ";
            for (int times = 0; times < 3; times++) echo(text);
        }
        if (scenario == "subprotocol") {
            const std::string agreed(response[beast::http::field::sec_websocket_protocol]);
            expect("the subprotocol is chat.v2", agreed, std::string("chat.v2"));
        }
        if (scenario == "ping") {
            std::string payload;
            connection.control_callback([&](websocket::frame_type kind, beast::string_view data) {
                if (kind != websocket::frame_type::pong) return;
                payload = std::string(data);
                connection.async_close(websocket::close_code::normal, [](beast::error_code) {});
            });
            connection.ping("wireproof");
            beast::flat_buffer message;
            connection.async_read(message, [](beast::error_code, std::size_t) {});
            context.run();
            expect("the payload of the Pong", payload, std::string("wireproof"));
        } else if (scenario == "close-client") {
            connection.close({websocket::close_code(3000), "client done"});
            expect("the close code of the answer", int(connection.reason().code), 3000);
        } else if (scenario == "close-server") {
            connection.write(asio::buffer(std::string("bye")));
            beast::flat_buffer message;
            beast::error_code error;
            // The library answers the Close frame by itself.
            connection.read(message, error);
            expect("the end is a Close frame", error == websocket::error::closed, true);
            expect("the close code", int(connection.reason().code), 3001);
            expect("the close reason", std::string(connection.reason().reason.c_str()), std::string("server done"));
        } else {
            // It waits for the answer, and throws if there is none.
            connection.close(websocket::close_code::normal);
        }
    }

  private:
    void echo(const std::string& text) {
        connection.write(asio::buffer(text));
        expect_message(text);
    }

    void expect_message(const std::string& text) {
        beast::flat_buffer message;
        connection.read(message);
        expect("the type of the echo", connection.got_binary(), scenario == "binary");
        expect("the echo", beast::buffers_to_string(message.data()), text);
    }

    const std::string scenario;
    asio::io_context context;
    websocket::stream<tcp::socket> connection;
    websocket::response_type response;
};

int main(int, char** arguments) {
    const char* scenario = std::getenv("WIREPROOF_SCENARIO");
    if (scenario == nullptr || scenarios.count(scenario) == 0) return 127;
    const std::string url = std::string(arguments[1]).substr(sizeof "ws://" - 1);
    try {
        const auto slash = url.find('/');
        Player(url.substr(0, slash), url.substr(slash), scenario).play();
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
    return 0;
}
