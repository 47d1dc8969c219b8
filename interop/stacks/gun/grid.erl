%% Plays a scenario of the interop grid with Gun, which sends no fragments and does not tell of Pongs.
%% Argument: the server's address.
-module(grid).
-export([main/1]).

main([Url]) ->
    Scenario = os:getenv("WIREPROOF_SCENARIO", ""),
    case options(Scenario) of
        unknown ->
            halt(127);
        Options ->
            try
                play(Scenario, open(Url, Options)),
                halt(0)
            catch
                _:Complaint ->
                    io:format(standard_error, "~0tP~n", [Complaint, 20]),
                    halt(1)
            end
    end.

options("deflate") -> #{compress => true};
options("subprotocol") -> #{protocols => [{<<"chat.v1">>, gun_ws_h}, {<<"chat.v2">>, gun_ws_h}]};
options(Scenario) ->
    case lists:member(Scenario, ["open", "text", "binary", "close-client", "close-server"]) of
        true -> #{};
        false -> unknown
    end.

%% Returns the connection and the fields of the server's answer.
open("ws://" ++ Rest, Options) ->
    {ok, _} = application:ensure_all_started(gun),
    [Authority | Path] = string:split(Rest, "/"),
    [Host, Port] = string:split(Authority, ":"),
    {ok, Connection} = gun:open(Host, list_to_integer(Port), #{retry => 0}),
    monitor(process, Connection),
    {ok, _} = gun:await_up(Connection),
    gun:ws_upgrade(Connection, ["/" | Path], [], Options),
    receive
        {gun_upgrade, Connection, _, _, Fields} -> {Connection, Fields};
        {gun_response, Connection, _, _, Status, _} -> throw({status, Status});
        {gun_error, Connection, _, Reason} -> throw(Reason);
        {gun_down, Connection, _, Reason, _, _} -> throw({down, Reason});
        {'DOWN', _, process, Connection, Reason} -> throw({down, Reason})
    end.

play("text", {Connection, _}) ->
    echo(Connection, {text, <<"Grüße, 世界 👋"/utf8>>}),
    close(Connection);
play("binary", {Connection, _}) ->
    echo(Connection, {binary, list_to_binary(lists:seq(0, 255))}),
    close(Connection);
play("deflate", {Connection, Fields}) ->
    Agreed = proplists:get_value(<<"sec-websocket-extensions">>, Fields, <<"none">>),
    expect(extension, hd(string:split(Agreed, ";")), <<"permessage-deflate">>),
    [echo(Connection, {text, binary:copy(<<"deflate ">>, 2048)}) || _ <- lists:seq(1, 3)],
    close(Connection);
play("subprotocol", {Connection, Fields}) ->
    expect(subprotocol, proplists:get_value(<<"sec-websocket-protocol">>, Fields), <<"chat.v2">>),
    close(Connection);
play("close-client", {Connection, _}) ->
    %% It closes TCP behind its own Close frame. So there is no code of an answer to look at.
    gun:ws_send(Connection, {close, 3000, <<"client done">>}),
    wait_for_end(Connection);
play("close-server", {Connection, _}) ->
    gun:ws_send(Connection, {text, <<"bye">>}),
    Close = {close, 3001, <<"server done">>},
    expect('Close frame', next_frame(Connection), Close),
    %% It leaves the answer to the application.
    gun:ws_send(Connection, Close),
    wait_for_end(Connection);
play("open", {Connection, _}) ->
    close(Connection).

echo(Connection, Message) ->
    gun:ws_send(Connection, Message),
    expect(echo, next_frame(Connection), Message).

close(Connection) ->
    gun:ws_send(Connection, {close, 1000, <<>>}),
    wait_for_end(Connection).

next_frame(Connection) ->
    receive
        {gun_ws, Connection, _, Frame} -> Frame;
        {gun_down, Connection, _, Reason, _, _} -> throw({down, Reason});
        {'DOWN', _, process, Connection, Reason} -> throw({down, Reason})
    end.

wait_for_end(Connection) ->
    receive
        {gun_down, Connection, _, _, _, _} -> ok;
        {'DOWN', _, process, Connection, _} -> ok
    end.

expect(_, Wanted, Wanted) -> ok;
expect(What, Got, Wanted) -> throw({What, Got, 'not', Wanted}).
