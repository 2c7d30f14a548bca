// An SMSC of another hand (npm `smpp`): says on stdout what it was told, and does as stdin says.
//   node smsc.mjs PORT [KEY CERTIFICATE], with TLS where files of these are given
import fs from "node:fs";
import readline from "node:readline";
import smpp from "smpp";

const say = (fact) => process.stdout.write(JSON.stringify(fact) + "\n");
let wish = { status: 0, drop: false, password: "secret", receipt: "" };
let next = 1;
const links = new Set();

const [port, key, certificate] = process.argv.slice(2);
const tls = key ? { key: fs.readFileSync(key), cert: fs.readFileSync(certificate) } : {};

const server = smpp.createServer(tls, (link) => {
  links.add(link);
  link.on("error", () => {});
  link.on("close", () => links.delete(link));
  link.on("bind_transceiver", (pdu) => {
    const good = pdu.password === wish.password;
    say({ bound: pdu.system_id, good });
    link.send(pdu.response({ command_status: good ? 0 : 0x0e }));
  });
  link.on("enquire_link", (pdu) => link.send(pdu.response()));
  link.on("unbind", (pdu) => {
    link.send(pdu.response());
    link.close();
  });
  link.on("submit_sm", (pdu) => {
    const id = `id-${next++}`;
    const said = pdu.short_message;
    const octets = Buffer.isBuffer(said.message) ? said.message.toString("hex") : said.message;
    const udh = said.udh ? Buffer.concat(said.udh.map((one) => Buffer.from(one))).toString("hex") : "";
    say({
      id, to: pdu.destination_addr, from: pdu.source_addr, text: octets, udh,
      coding: pdu.data_coding, receipt: pdu.registered_delivery, esm: pdu.esm_class,
    });
    if (wish.drop) return link.destroy();
    if (wish.receipt) receipt(id, wish.receipt, link); // before its own answer, as some do
    link.send(pdu.response(wish.status ? { command_status: wish.status } : { message_id: id }));
  });
  link.on("deliver_sm_resp", (pdu) => say({ confirmed: pdu.sequence_number, status: pdu.command_status }));
});

function receipt(id, stat, link) {
  const text = `id:${id} sub:001 dlvrd:001 submit date:261122040100 done date:261122040109 stat:${stat} err:0x0 text:`;
  for (const each of link ? [link] : links) {
    each.deliver_sm({ source_addr: "380671112233", destination_addr: "HOLOS", esm_class: 4, short_message: text });
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const told = JSON.parse(line);
  if (told.report) receipt(told.report, told.stat);
  else if (told.from)
    for (const each of links)
      each.deliver_sm({ source_addr: told.from, source_addr_ton: 1, source_addr_npi: 1, destination_addr: "4711", esm_class: 0, short_message: told.writes });
  else if (told.cut) for (const link of links) link.destroy();
  else wish = { ...wish, ...told };
  say({ done: true });
});
process.stdin.on("end", () => process.exit(0));
server.listen(Number(port), "127.0.0.1", () => say({ ready: true }));
