// Echo server on WebSocket++, with permessage-deflate. Argument: the port.
#include <cstdlib>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/extensions/permessage_deflate/enabled.hpp>
#include <websocketpp/server.hpp>

struct config : websocketpp::config::asio {
    static const size_t max_message_size = 64 << 20;
    struct permessage_deflate_config {};
    typedef websocketpp::extensions::permessage_deflate::enabled<permessage_deflate_config> permessage_deflate_type;
};
typedef websocketpp::server<config> server_type;

int main(int, char** arguments) {
    server_type server;
    server.clear_access_channels(websocketpp::log::alevel::all);
    server.clear_error_channels(websocketpp::log::elevel::all);
    server.init_asio();
    server.set_reuse_addr(true);
    server.set_message_handler([&](websocketpp::connection_hdl connection, server_type::message_ptr message) {
        websocketpp::lib::error_code ignored;
        server.send(connection, message->get_payload(), message->get_opcode(), ignored);
    });
    const auto address = websocketpp::lib::asio::ip::address::from_string("127.0.0.1");
    const auto port = static_cast<uint16_t>(std::atoi(arguments[1]));
    server.listen(websocketpp::lib::asio::ip::tcp::endpoint(address, port));
    server.start_accept();
    server.run();
}
