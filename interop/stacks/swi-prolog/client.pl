% Walks through the cases of the tester with library(http/websocket) of SWI-Prolog. Argument: the tester's address.
:- use_module(library(http/websocket)).
:- initialization(main, main).

% Connects, and succeeds when the connection is closed or could not be opened.
visit(Url, OnMessage) :-
    ignore(
        catch(
            setup_call_cleanup(
                http_open_websocket(Url, Socket, []),
                receive(Socket, OnMessage),
                ws_close(Socket, 1000, "")),
            _,
            true)).

receive(Socket, OnMessage) :-
    ws_receive(Socket, Message),
    (   Message.opcode == close
    ->  true
    ;   call(OnMessage, Socket, Message),
        receive(Socket, OnMessage)
    ).

echo(Socket, Message) :- memberchk(Message.opcode, [text, binary]), !, ws_send(Socket, Message).
echo(_, _). % Pongs reach the application too.

count(_, Message) :- number_string(Count, Message.data), nb_setval(count, Count).

main([Base]) :-
    atom_concat(Base, '/getCaseCount', CountUrl),
    visit(CountUrl, count),
    nb_getval(count, Count),
    forall(
        between(1, Count, Number),
        (   format(atom(Url), '~w/runCase?case=~d&agent=SWI-Prolog', [Base, Number]),
            visit(Url, echo)
        )),
    atom_concat(Base, '/updateReports?agent=SWI-Prolog', ReportsUrl),
    visit(ReportsUrl, echo).
