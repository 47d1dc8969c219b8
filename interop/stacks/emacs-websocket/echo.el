;;; Sends messages back. websocket.el gives the application frames, so this joins fragments.  -*- lexical-binding: t -*-
(require 'websocket)

(defun echo (socket frame)
  "Send the message back of which FRAME is the last fragment."
  (push frame (websocket-client-data socket))
  (when (websocket-frame-completep frame)
    (let ((frames (nreverse (websocket-client-data socket))))
      (setf (websocket-client-data socket) nil)
      (websocket-send socket
                      (make-websocket-frame :opcode (websocket-frame-opcode (car frames))
                                            :payload (mapconcat #'websocket-frame-payload frames "")
                                            :completep t)))))
