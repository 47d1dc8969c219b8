%% Echo server on Cowboy, with permessage-deflate. Arguments: the port, and for TLS and HTTP/2 a file with the key and the
%% certificate.
-module(echo).
-export([main/1, init/2, websocket_handle/2, websocket_info/2]).

%% The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
scenario() -> os:getenv("WIREPROOF_SCENARIO", "open").

is_known() ->
    Scenarios = "open text binary fragmented deflate ping subprotocol close-client close-server",
    lists:member(scenario(), string:lexemes(Scenarios, " ")).

main([Port | Pem]) ->
    is_known() orelse halt(127),
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
    {cowboy_websocket, select_subprotocol(Request), State, #{compress => true, idle_timeout => infinity, max_frame_size => 67108864}}.

select_subprotocol(Request) ->
    Offered = cowboy_req:parse_header(<<"sec-websocket-protocol">>, Request, []),
    case scenario() =:= "subprotocol" andalso lists:member(<<"chat.v2">>, Offered) of
        true -> cowboy_req:set_resp_header(<<"sec-websocket-protocol">>, <<"chat.v2">>, Request);
        false -> Request
    end.

websocket_handle({text, Text}, State) ->
    case scenario() of
        "close-server" -> {[{close, 3001, <<"server done">>}], State};
        _ -> {[{text, Text}], State}
    end;
websocket_handle({binary, Octets}, State) -> {[{binary, Octets}], State};
websocket_handle(_, State) -> {[], State}.

websocket_info(_, State) -> {[], State}.
