/** A mail server that can be away: as much of SMTP as a delivery needs. It can hand over what comes back, too. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export class MailServer {
  /** Whoever comes meanwhile is sent away at once. */
  away = false;
  private readonly mails: string[] = [];

  private constructor(private readonly listener: Server) {
    listener.on('connection', (client) => (this.away ? client.destroy() : this.converse(client)));
  }

  static async start(): Promise<MailServer> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new MailServer(listener);
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  /** The codes in the mails to an address, oldest first. */
  codes(address: string): string[] {
    const own = this.mails.filter((mail) => mail.includes(`To: ${address}\r\n`));
    return own.flatMap((mail) => /^(\d{6})\r$/m.exec(mail)?.[1] ?? []);
  }

  /** Where the newest mail to an address comes back to. */
  returnPath(address: string): string {
    const newest = this.mails.findLast((mail) => mail.includes(`To: ${address}\r\n`)) ?? '';
    const [, path] = /^Return-Path: <(.+)>\r\n/.exec(newest) ?? [];
    if (path === undefined) throw new Error(`no mail to ${address} with a return path`);
    return path;
  }

  /** Hands a message over by LMTP to whoever listens there. */
  async handBack(listener: string, returnPath: string, message: string): Promise<void> {
    const [host, port] = listener.split(':');
    const client = connect(Number(port), host);
    const answers = createInterface(client)[Symbol.asyncIterator]();
    const expected = async (code: string) => {
      for (;;) {
        const { value: answer = '' } = await answers.next();
        if (!answer.startsWith(code)) throw new Error(`not ${code}: ${answer}`);
        if (answer[3] === ' ') return;
      }
    };
    await expected('220');
    const commands = ['LHLO mail.example', 'MAIL FROM:<>', `RCPT TO:<${returnPath}>`, 'DATA', `${message}\r\n.`, 'QUIT'];
    for (const [at, command] of commands.entries()) {
      client.write(`${command}\r\n`);
      await expected(['250', '250', '250', '354', '250', '221'][at]);
    }
    client.destroy();
  }

  stop(): void {
    this.listener.close();
  }

  private converse(client: Socket): void {
    const say = (reply: string) => client.write(`${reply}\r\n`);
    let heard = '';
    let inMail = false;
    let from = '';
    client.on('error', () => client.destroy());
    client.on('data', (data) => {
      heard += data.toString();
      for (;;) {
        const end = inMail ? '\r\n.\r\n' : '\r\n';
        const at = heard.indexOf(end);
        if (at < 0) return;
        const told = heard.slice(0, at);
        heard = heard.slice(at + end.length);
        if (inMail) {
          // Whoever delivers a mail finally writes down where it came from.
          this.mails.push(`Return-Path: <${from}>\r\n${told}\r\n`);
          inMail = false;
          say('250 taken');
        } else if (told === 'DATA') {
          inMail = true;
          say('354 go on');
        } else {
          from = /^MAIL FROM:<([^>]*)>/.exec(told)?.[1] ?? from;
          say(told === 'QUIT' ? '221 bye' : '250 mail.example');
        }
      }
    });
    say('220 mail.example');
  }
}
