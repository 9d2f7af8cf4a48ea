// A mail server of somebody else's make, with bad days.
//
//     node smtp.mjs PORT FOLDER
//
// What it accepts is in FOLDER. How it treats a mail is in the recipient's name:
// "refused" gets 550, "busy" 451 twice, and with "dropped" the connection ends
// twice when all of the mail is there.
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";

const [port, folder] = process.argv.slice(2);
const tries = new Map();
let accepted = 0;

function refuse(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

/** Whether this is one of the first two times. */
function isBad(name) {
  const times = (tries.get(name) ?? 0) + 1;
  tries.set(name, times);
  return times <= 2;
}

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["AUTH", "STARTTLS"],
  hideSMTPUTF8: true,
  onRcptTo({ address }, session, done) {
    if (address.startsWith("refused")) return done(refuse(550, "No such mailbox"));
    if (address.startsWith("busy") && isBad(address)) return done(refuse(451, "Try again later"));
    done();
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const [{ address }] = session.envelope.rcptTo;
      if (address.startsWith("dropped") && isBad(address)) {
        for (const connection of server.connections) {
          if (connection.id === session.id) connection._socket.destroy();
        }
        return;
      }
      accepted += 1;
      // Whoever looks finds whole mails only.
      const file = join(folder, `${process.pid}-${accepted}`);
      writeFileSync(`${file}.partial`, Buffer.concat(parts));
      renameSync(`${file}.partial`, `${file}.eml`);
      done();
    });
  },
});
server.on("error", () => {});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`ready ${server.server.address().port}`);
});
