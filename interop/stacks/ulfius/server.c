// Echo server on Ulfius, with permessage-deflate. Argument: the port.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <ulfius.h>
#include <unistd.h>

static void on_message(const struct _u_request *request, struct _websocket_manager *manager,
                       const struct _websocket_message *message, void *data) {
    if (message->opcode == U_WEBSOCKET_OPCODE_TEXT || message->opcode == U_WEBSOCKET_OPCODE_BINARY)
        ulfius_websocket_send_message(manager, message->opcode, message->data_len, message->data);
}

// The connection lasts as long as this function.
static void on_open(const struct _u_request *request, struct _websocket_manager *manager, void *data) {
    while (ulfius_websocket_wait_close(manager, 50) == U_WEBSOCKET_STATUS_OPEN) continue;
}

static int on_request(const struct _u_request *request, struct _u_response *response, void *data) {
    ulfius_add_websocket_deflate_extension(response);
    const int result =
        ulfius_set_websocket_response(response, NULL, NULL, on_open, NULL, on_message, NULL, NULL, NULL);
    return result == U_OK ? U_CALLBACK_CONTINUE : U_CALLBACK_ERROR;
}

int main(int count, char **arguments) {
    struct _u_instance server;
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(arguments[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ulfius_init_instance(&server, atoi(arguments[1]), &address, NULL);
    ulfius_add_endpoint_by_val(&server, "GET", "/", NULL, 0, on_request, NULL);
    if (ulfius_start_framework(&server) != U_OK) return 1;
    for (;;) pause();
}
