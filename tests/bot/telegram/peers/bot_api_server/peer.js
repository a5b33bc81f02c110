// The Bot API of telegram-test-api and its client, moved by lines of JSON; each line is answered by one.
// node peer.js <port> <token> <number of the person>
'use strict';
const { createInterface } = require('readline');
const TelegramServer = require('telegram-test-api');

const [, , port, token, person] = process.argv;
const DAY = 24 * 3600;
const CHINESE = { language_code: 'zh-hans' };

async function carryOut(client, asked) {
  if (asked.command) await client.sendCommand(client.makeCommand(asked.command, { from: CHINESE }));
  if (asked.text) await client.sendMessage(client.makeMessage(asked.text, { from: CHINESE }));
  if (asked.press) {
    const message = { message_id: asked.on, date: Math.floor(Date.now() / 1000) };
    await client.sendCallback(client.makeCallbackQuery(asked.press, { from: CHINESE, message }));
  }
  return (await client.getUpdatesHistory()).filter((one) => 'message' in one && 'chat_id' in one.message);
}

async function main() {
  const server = new TelegramServer({ host: '127.0.0.1', port: Number(port), storeTimeout: DAY });
  await server.start();
  const who = { userId: Number(person), chatId: Number(person), firstName: '王芳', timeout: 10_000 };
  const client = server.getClient(token, who);
  process.stdout.write('[]\n');
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await carryOut(client, JSON.parse(line)))}\n`);
  }
  process.exit(0);
}

main();
