% Plays a scenario of the interop grid with library(http/websocket) of SWI-Prolog. It has no permessage-deflate, and
% http_open_websocket/3 does not take the option of ws_open/3 that would send fragments. Argument: the server's address.
:- encoding(utf8).
:- use_module(library(http/websocket)).
:- initialization(main, main).

options(open, []).
options(text, []).
options(binary, []).
options(ping, []).
options(subprotocol, [subprotocols(['chat.v1', 'chat.v2'])]).
options('close-client', []).
options('close-server', []).

play(open, Socket) :- ws_close(Socket, 1000, "").
play(text, Socket) :-
    Text = "Grüße, 世界 👋",
    ws_send(Socket, text(Text)),
    expect_message(Socket, text, Text),
    ws_close(Socket, 1000, "").
play(binary, Socket) :-
    numlist(0, 255, Octets),
    string_codes(Data, Octets),
    ws_send(Socket, binary(Data)),
    expect_message(Socket, binary, Data),
    ws_close(Socket, 1000, "").
play(ping, Socket) :-
    ws_send(Socket, ping(wireproof)),
    expect_message(Socket, pong, "wireproof"),
    ws_close(Socket, 1000, "").
play(subprotocol, Socket) :-
    ( ws_property(Socket, subprotocol(Subprotocol)) -> true ; Subprotocol = none ),
    expect(subprotocol, Subprotocol, 'chat.v2'),
    ws_close(Socket, 1000, "").
play('close-client', Socket) :-
    % It waits for the answer, but does not tell the code in it.
    ws_close(Socket, 3000, "client done").
play('close-server', Socket) :-
    ws_send(Socket, text("bye")),
    ws_receive(Socket, Message),
    expect(opcode, Message.opcode, close),
    expect('close data', Message.data, "server done"),
    expect('close code', Message.code, 3001),
    % The answer is up to the program.
    ws_close(Socket, 3001, "server done").

expect_message(Socket, Opcode, Data) :-
    ws_receive(Socket, Message),
    expect(opcode, Message.opcode, Opcode),
    expect(data, Message.data, Data).

expect(_, Wanted, Wanted) :- !.
expect(What, Got, Wanted) :-
    format(string(Complaint), '~w: ~w, not ~w', [What, Got, Wanted]),
    throw(Complaint).

main([Url]) :-
    (   getenv('WIREPROOF_SCENARIO', Scenario),
        options(Scenario, Options)
    ->  true
    ;   halt(127)
    ),
    catch(
        (   http_open_websocket(Url, Socket, Options),
            play(Scenario, Socket)
        ->  true
        ;   throw("a predicate of the library failed")
        ),
        Error,
        (   ( Error = error(Complaint, _) -> true ; Complaint = Error ),
            format(user_error, '~w~n', [Complaint]),
            halt(1)
        )).
