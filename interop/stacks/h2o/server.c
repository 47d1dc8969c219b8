// Echo server on libh2o, whose WebSocket is that of wslay. Argument: the port.
#include <h2o.h>
#include <h2o/websocket.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
static const char *const SCENARIOS[] = {"open", "text", "binary", "fragmented", "ping", "close-client", "close-server", NULL};
static const char *scenario = "open";

static int is(const char *name) {
    return strcmp(scenario, name) == 0;
}

static void read_scenario(void) {
    const char *given = getenv("WIREPROOF_SCENARIO");
    if (given != NULL) scenario = given;
    for (int i = 0; SCENARIOS[i] != NULL; i++)
        if (is(SCENARIOS[i])) return;
    exit(127);
}

static h2o_context_t context;
static h2o_accept_ctx_t accepting;

static void on_message(h2o_websocket_conn_t *connection, const struct wslay_event_on_msg_recv_arg *message) {
    if (message == NULL) {
        h2o_websocket_close(connection);
    } else if (!wslay_is_ctrl_frame(message->opcode) && is("close-server")) {
        wslay_event_queue_close(connection->ws_ctx, 3001, (const uint8_t *)"server done", strlen("server done"));
    } else if (!wslay_is_ctrl_frame(message->opcode)) {
        struct wslay_event_msg answer = {message->opcode, message->msg, message->msg_length};
        wslay_event_queue_msg(connection->ws_ctx, &answer);
    }
}

static int on_request(h2o_handler_t *self, h2o_req_t *request) {
    const char *key;
    if (h2o_is_websocket_handshake(request, &key) != 0 || key == NULL) return -1;
    h2o_upgrade_to_websocket(request, key, NULL, on_message);
    return 0;
}

static void on_connect(h2o_socket_t *listener, const char *error) {
    h2o_socket_t *socket = error == NULL ? h2o_evloop_socket_accept(listener) : NULL;
    if (socket != NULL) h2o_accept(&accepting, socket);
}

int main(int count, char **arguments) {
    read_scenario();
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 || listen(descriptor, SOMAXCONN) != 0) return 1;

    h2o_globalconf_t configuration;
    h2o_config_init(&configuration);
    h2o_hostconf_t *host = h2o_config_register_host(&configuration, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);
    h2o_create_handler(path, sizeof(h2o_handler_t))->on_req = on_request;

    h2o_evloop_t *loop = h2o_evloop_create();
    h2o_context_init(&context, loop, &configuration);
    accepting.ctx = &context;
    accepting.hosts = configuration.hosts;
    h2o_socket_read_start(h2o_evloop_socket_create(loop, descriptor, H2O_SOCKET_FLAG_DONT_READ), on_connect);
    while (h2o_evloop_run(loop, INT32_MAX) == 0) continue;
    return 1;
}
