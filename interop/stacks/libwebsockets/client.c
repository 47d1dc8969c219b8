// Walks through the cases of the tester with libwebsockets, which offers permessage-deflate; its check of UTF-8 is on. A
// message is collected until its last fragment, and sent when the socket is writeable; in between nothing more is read.
// Argument: the tester's address.
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    unsigned char *octets; // LWS_PRE octets of room, which the library asks for, then the payload.
    size_t length;
    int is_binary;
    int echoes;
    int is_waiting; // A message waits to be sent.
    int closed;
} visit;

static int on_event(struct lws *socket, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
    switch (reason) {
    case LWS_CALLBACK_CLIENT_RECEIVE:
        if (lws_is_first_fragment(socket)) {
            visit.length = 0;
            visit.is_binary = lws_frame_is_binary(socket);
        }
        visit.octets = realloc(visit.octets, LWS_PRE + visit.length + length + 1);
        if (visit.octets == NULL) abort();
        if (length > 0) memcpy(visit.octets + LWS_PRE + visit.length, in, length);
        visit.length += length;
        if (visit.echoes && lws_is_final_fragment(socket)) {
            visit.is_waiting = 1;
            lws_rx_flow_control(socket, 0);
            lws_callback_on_writable(socket);
        }
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        if (!visit.is_waiting) return 0;
        visit.is_waiting = 0;
        lws_write(socket, visit.octets + LWS_PRE, visit.length, visit.is_binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
        lws_rx_flow_control(socket, 1);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    case LWS_CALLBACK_CLIENT_CLOSED:
        visit.closed = 1;
        return 0;
    default:
        return 0;
    }
}

// Connects, and returns when the connection is closed or could not be opened.
static void connect_to(struct lws_context *client, const char *host, int port, const char *path, int echoes) {
    struct lws_client_connect_info options = {0};
    options.context = client;
    options.address = options.host = options.origin = host;
    options.port = port;
    options.path = path;
    visit.length = visit.is_waiting = visit.closed = 0;
    visit.echoes = echoes;
    if (lws_client_connect_via_info(&options) == NULL) return;
    while (!visit.closed && lws_service(client, 0) >= 0) continue;
}

int main(int count, char **arguments) {
    const struct lws_protocols protocols[] = {
        {"default", on_event, 0, 65536},
        {NULL, NULL, 0, 0},
    };
    const struct lws_extension extensions[] = {
        {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"},
        {NULL, NULL, NULL},
    };
    struct lws_context_creation_info options = {0};
    options.port = CONTEXT_PORT_NO_LISTEN;
    options.protocols = protocols;
    options.extensions = extensions;
    options.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
    lws_set_log_level(0, NULL);
    struct lws_context *client = lws_create_context(&options);
    char host[64], path[64];
    int port, cases = 0;
    if (client == NULL || sscanf(arguments[1], "ws://%63[^:]:%d", host, &port) != 2) return 1;
    connect_to(client, host, port, "/getCaseCount", 0);
    if (visit.length > 0) {
        visit.octets[LWS_PRE + visit.length] = '\0';
        cases = atoi((char *)visit.octets + LWS_PRE);
    }
    for (int number = 1; number <= cases; number++) {
        snprintf(path, sizeof path, "/runCase?case=%d&agent=libwebsockets", number);
        connect_to(client, host, port, path, 1);
    }
    connect_to(client, host, port, "/updateReports?agent=libwebsockets", 0);
    lws_context_destroy(client);
    return 0;
}
