/** A mail server that can be away: as much of SMTP as a delivery needs. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

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

  stop(): void {
    this.listener.close();
  }

  private converse(client: Socket): void {
    const say = (reply: string) => client.write(`${reply}\r\n`);
    let heard = '';
    let inMail = false;
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
          this.mails.push(`${told}\r\n`);
          inMail = false;
          say('250 taken');
        } else if (told === 'DATA') {
          inMail = true;
          say('354 go on');
        } else {
          say(told === 'QUIT' ? '221 bye' : '250 mail.example');
        }
      }
    });
    say('220 mail.example');
  }
}
