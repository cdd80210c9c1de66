import { stripVTControlCharacters } from 'node:util';
import type { Wanted, Window } from '../../terminal/terminal.ts';
import { type Evidence, findings, type Needles, tokenNeedles } from './secret-search.ts';
import type { ConsoleTunnel } from './vendor-side.ts';

/** Longest wait for a screen that Docker or the tunnel has to be waited for. */
export const launchMs = 90_000;

/** What the first screen says where nothing is yet, and where something is. */
export const welcomes = { bare: 'You need at hand', deployed: 'A deployment is here' } as const;

/** Someone who reads the wizard's screens and presses keys; counts what they decide and paste. */
export class WizardPerson {
  readonly window: Window;
  /** Keys that led from one page to the next. */
  decisions = 0;
  pastes = 0;

  constructor(window: Window) {
    this.window = window;
  }

  /** Presses the key that leaves a page, once it shows what is waited for. */
  async decide(
    shown: Wanted,
    key: 'enter' | 's' | 'r' | 'y' = 'enter',
    timeoutMs = launchMs,
  ): Promise<void> {
    await this.window.waitFor(shown, timeoutMs);
    if (key === 'enter') this.window.press(key);
    else this.window.type(key);
    this.decisions += 1;
  }

  /** From the first screen to the one that asks for domain and token. */
  async toTunnel(welcome: string = welcomes.bare): Promise<void> {
    await this.decide(welcome);
    await this.decide(/All good\.|you can go on/u);
    await this.decide('How does this host get its tunnel?');
    await this.window.waitFor('Which tunnel ends here?');
  }

  /** Types the domain, pastes the token. */
  async giveTunnel({ domain, token, tunnel }: ConsoleTunnel): Promise<void> {
    this.window.type(domain);
    await this.window.waitFor('✓ a tunnel’s domain');
    this.window.press('enter');
    await this.window.waitFor('Enter go on');
    this.window.paste(token);
    this.pastes += 1;
    await this.window.waitFor(`✓ token of tunnel ${tunnel}`);
  }

  /** Leaves domain and token, makes the CA and copies it. @returns the PEM that the clipboard got. */
  async toCa(): Promise<string> {
    await this.decide('✓ token of tunnel');
    await this.decide('Enter writes now');
    await this.window.waitFor('Compare the fingerprint');
    this.window.type('c');
    await this.window.waitFor('Sent to your clipboard');
    return clipboardOf(this.window);
  }

  /** From the routes into the launch, by way of the plan. */
  async toLaunch(): Promise<void> {
    await this.decide(/you can go on|upstream answers/u);
    await this.decide('Nothing of this is done yet.');
  }

  /** From the screen of a deployment that is as it should be to its summary. */
  async throughDeployment(): Promise<void> {
    await this.toTunnel(welcomes.deployed);
    await this.decide('has a token already');
    await this.decide('Enter goes on; no CA is made.');
    await this.decide('The CA is registered');
    await this.decide(/you can go on|upstream answers/u);
    await this.summary();
  }

  /** @returns the summary's screen. */
  summary(): Promise<readonly string[]> {
    return this.window.waitFor(/Verified to level|Not verified/u, launchMs);
  }
}

/** What a program gave to the terminal's clipboard last (OSC 52). */
function clipboardOf(window: Window): string {
  const [, ...given] = window.raw().split('\u001b]52;c;');
  const [text] = given.at(-1)?.split('\u0007') ?? [];
  if (text === undefined) throw new Error('nothing was copied');
  return Buffer.from(text, 'base64').toString();
}

/** Everything that was ever drawn, as a recording has it, as one text without breaks, and what is left of it. */
export function capturesOf(window: Window): readonly Evidence[] {
  const text = stripVTControlCharacters(window.raw()).replaceAll(/\s/gu, '');
  return [
    { place: 'recording', bytes: Buffer.from(window.raw()) },
    { place: 'recorded text', bytes: Buffer.from(text) },
    { place: 'scrollback', bytes: Buffer.from(window.scrollback()) },
  ];
}

/** This much of a token in a row must not be seen. */
const telling = 12;

/** Where a terminal has shown a token, a form of it, or a piece. */
export function leaksOf(token: string, window: Window): readonly string[] {
  const pieces: Needles = Object.fromEntries(
    Object.entries(tokenNeedles(token)).flatMap(([form, needle]) =>
      Array.from({ length: needle.length - telling + 1 }, (_, at) => [
        `${form} from ${at}`,
        needle.subarray(at, at + telling),
      ]),
    ),
  );
  return findings(pieces, capturesOf(window));
}
