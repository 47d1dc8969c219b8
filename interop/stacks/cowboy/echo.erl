%% Echo server on Cowboy, with permessage-deflate, over TLS. Argument: the port.
-module(echo).
-export([main/1, init/2, websocket_handle/2, websocket_info/2]).

main([Port]) ->
    {ok, _} = application:ensure_all_started(ssl),
    {ok, _} = application:ensure_all_started(cowboy),
    Tls = [{ip, {127, 0, 0, 1}}, {port, list_to_integer(Port)}, {certfile, "tls.pem"}, {keyfile, "tls.pem"}],
    Dispatch = cowboy_router:compile([{'_', [{'_', ?MODULE, []}]}]),
    {ok, _} = cowboy:start_tls(echo, Tls, #{env => #{dispatch => Dispatch}, enable_connect_protocol => true}),
    receive stop -> ok end.

init(Request, State) ->
    {cowboy_websocket, Request, State, #{compress => true, idle_timeout => infinity, max_frame_size => 67108864}}.

websocket_handle({text, Text}, State) -> {[{text, Text}], State};
websocket_handle({binary, Octets}, State) -> {[{binary, Octets}], State};
websocket_handle(_, State) -> {[], State}.

websocket_info(_, State) -> {[], State}.
