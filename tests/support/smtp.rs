//! A relay of the tests: takes letters by SMTP, keeps them, and refuses as it is told.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Letters taken, and what is answered to `RCPT TO`.
#[derive(Clone)]
pub struct Relay {
    pub port: u16,
    letters: Arc<Mutex<Vec<Taken>>>,
    answer: Arc<Mutex<&'static str>>,
}

/// A letter as it came.
#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: String,
    /// Headers and body, lines ended by `\n`.
    pub data: String,
}

impl Relay {
    /// Listens on a port of its own until the test ends.
    pub async fn open() -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Relay {
            port: listener.local_addr().unwrap().port(),
            letters: Arc::default(),
            answer: Arc::new(Mutex::new("250 ok")),
        };
        let theirs = relay.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(theirs.clone(), stream));
            }
        });
        relay
    }

    /// What each recipient is answered from now on.
    pub fn answer(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Letters taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.letters.lock().unwrap().clone()
    }
}

async fn talk(relay: Relay, stream: TcpStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 relais ESMTP\r\n").await?;
    let (mut from, mut to) = (String::new(), String::new());
    while let Some(line) = lines.next_line().await? {
        let word = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match word.as_str() {
            "EHLO" | "HELO" => "250 relais",
            "MAIL" => {
                from = line;
                "250 ok"
            }
            "RCPT" => {
                to = line;
                *relay.answer.lock().unwrap()
            }
            "DATA" => {
                write.write_all(b"354 go\r\n").await?;
                let mut data = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    data += line.strip_prefix('.').unwrap_or(&line);
                    data.push('\n');
                }
                let (from, to) = (from.clone(), to.clone());
                relay.letters.lock().unwrap().push(Taken { from, to, data });
                "250 taken"
            }
            "QUIT" => "221 bye",
            "RSET" | "NOOP" => "250 ok",
            _ => "502 unknown",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
