;;; Plays a scenario of the interop grid with websocket.el.  -*- coding: utf-8; lexical-binding: t -*-
;;; It has no permessage-deflate, does not tell of Pongs, and sends no code in a Close frame.
;;; Argument: the server's address.
(require 'websocket)

(defvar url (pop command-line-args-left))
(defvar scenario (getenv "WIREPROOF_SCENARIO"))
(unless (member scenario '("open" "text" "binary" "fragmented" "subprotocol" "close-server"))
  (kill-emacs 127))

(defvar opened nil)
(defvar frames nil "The frames of a message, the latest first.")
(defvar closed nil)

(defun play ()
  "Play the scenario."
  (let ((socket (websocket-open url
                                :protocols (and (equal scenario "subprotocol") '("chat.v1" "chat.v2"))
                                :on-open (lambda (_) (setq opened t))
                                :on-message (lambda (_ frame) (push frame frames))
                                :on-close (lambda (_) (setq closed t))
                                :on-error (lambda (_ _ problem) (complain (websocket-format-error problem))))))
    (wait-until (lambda () opened))
    (pcase scenario
      ("text"
       (websocket-send-text socket "Grüße, 世界 👋")
       (expect-message 'text (encode-coding-string "Grüße, 世界 👋" 'utf-8)))
      ("binary"
       (let ((octets (apply #'unibyte-string (number-sequence 0 255))))
         (send-frame socket 'binary octets t)
         (expect-message 'binary octets)))
      ("fragmented"
       (dotimes (number 16)
         (send-frame socket (if (= number 0) 'text 'continuation) (make-string 65536 ?a) (= number 15)))
       (expect-message 'text (make-string 1048576 ?a)))
      ("subprotocol"
       (expect "subprotocol" (websocket-negotiated-protocols socket) '("chat.v2")))
      ("close-server"
       (websocket-send-text socket "bye")
       ;; The library ends the connection by itself, and tells neither the code nor the reason.
       (wait-until (lambda () (or closed frames)))
       (expect "messages before the end" (length frames) 0)))
    (unless closed (websocket-close socket))))

(defun send-frame (socket opcode payload is-last)
  (websocket-send socket (make-websocket-frame :opcode opcode :payload payload :completep is-last)))

(defun expect-message (opcode payload)
  "Wait for all frames of a message. The library gives the application frames, not messages."
  (wait-until (lambda () (and frames (websocket-frame-completep (car frames)))))
  (let ((got (nreverse frames)))
    (expect "opcode" (websocket-frame-opcode (car got)) opcode)
    (expect "echo" (mapconcat #'websocket-frame-payload got "") payload)))

(defun wait-until (condition)
  "Let Emacs work until CONDITION is true; an error if the connection ends before."
  (while (not (funcall condition))
    (when closed (error "The connection has ended"))
    (accept-process-output nil 0.1)))

(defun expect (what got wanted)
  (unless (equal got wanted)
    (error "%s: %s, not %s" what (truncate-string-to-width (format "%S" got) 80)
           (truncate-string-to-width (format "%S" wanted) 80))))

(defun complain (text)
  (message "%s" text)
  (kill-emacs 1))

(condition-case problem
    (play)
  (error (complain (error-message-string problem))))
