// Echo server on WebSocket++, with permessage-deflate. Argument: the port.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/extensions/permessage_deflate/enabled.hpp>
#include <websocketpp/server.hpp>

struct config : websocketpp::config::asio {
    static const size_t max_message_size = 64 << 20;
    struct permessage_deflate_config {};
    typedef websocketpp::extensions::permessage_deflate::enabled<permessage_deflate_config> permessage_deflate_type;
};
typedef websocketpp::server<config> server_type;

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
static const std::set<std::string> SCENARIOS = {"open", "text", "binary", "fragmented", "deflate",
                                                "ping", "subprotocol", "close-client", "close-server"};
static std::string scenario = "open";

static void read_scenario() {
    const char* given = std::getenv("WIREPROOF_SCENARIO");
    if (given != nullptr) scenario = given;
    if (SCENARIOS.count(scenario) == 0) std::exit(127);
}

int main(int, char** arguments) {
    read_scenario();
    server_type server;
    server.clear_access_channels(websocketpp::log::alevel::all);
    server.clear_error_channels(websocketpp::log::elevel::all);
    server.init_asio();
    server.set_reuse_addr(true);
    server.set_message_handler([&](websocketpp::connection_hdl connection, server_type::message_ptr message) {
        websocketpp::lib::error_code ignored;
        if (scenario == "close-server") server.close(connection, 3001, "server done", ignored);
        else server.send(connection, message->get_payload(), message->get_opcode(), ignored);
    });
    if (scenario == "subprotocol") {
        server.set_validate_handler([&](websocketpp::connection_hdl handle) {
            const auto connection = server.get_con_from_hdl(handle);
            const auto& offered = connection->get_requested_subprotocols();
            const bool is_offered = std::count(offered.begin(), offered.end(), "chat.v2") > 0;
            if (is_offered) connection->select_subprotocol("chat.v2");
            return true;
        });
    }
    const auto address = websocketpp::lib::asio::ip::address::from_string("127.0.0.1");
    const auto port = static_cast<uint16_t>(std::atoi(arguments[1]));
    server.listen(websocketpp::lib::asio::ip::tcp::endpoint(address, port));
    server.start_accept();
    server.run();
}
