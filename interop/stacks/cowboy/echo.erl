%% Echo server on Cowboy, with permessage-deflate. Arguments: the port, and for TLS and HTTP/2 a file with the key and the
%% certificate.
-module(echo).
-export([main/1, init/2, websocket_handle/2, websocket_info/2]).

main([Port | Pem]) ->
    {ok, _} = application:ensure_all_started(ssl),
    {ok, _} = application:ensure_all_started(cowboy),
    Address = [{ip, {127, 0, 0, 1}}, {port, list_to_integer(Port)}],
    Dispatch = cowboy_router:compile([{'_', [{'_', ?MODULE, []}]}]),
    Options = #{env => #{dispatch => Dispatch}, enable_connect_protocol => true},
    {ok, _} =
        case Pem of
            [] -> cowboy:start_clear(echo, Address, Options);
            [File] -> cowboy:start_tls(echo, [{certfile, File}, {keyfile, File} | Address], Options)
        end,
    receive stop -> ok end.

init(Request, State) ->
    {cowboy_websocket, Request, State, #{compress => true, idle_timeout => infinity, max_frame_size => 67108864}}.

websocket_handle({text, Text}, State) -> {[{text, Text}], State};
websocket_handle({binary, Octets}, State) -> {[{binary, Octets}], State};
websocket_handle(_, State) -> {[], State}.

websocket_info(_, State) -> {[], State}.
