import type { PageId } from '../../../screens/views.ts';
import { Doctor } from './doctor.ts';
import { LogActs } from './log-acts.ts';
import { StatusLook } from './status-look.ts';
import { LogTail } from './tail-logs.ts';
import { Verification } from './verification.ts';
import type { WizardContext } from './wizard-context.ts';

/** What goes on while a page beside the way is shown, and ends when another one is. */
export class Besides {
  readonly look: StatusLook;
  readonly tail: LogTail;
  readonly logActs: LogActs;
  readonly doctor: Doctor;
  readonly verification: Verification;

  constructor(context: WizardContext) {
    this.look = new StatusLook(context);
    this.tail = new LogTail(context);
    this.logActs = new LogActs(context);
    this.doctor = new Doctor(context);
    this.verification = new Verification(context);
  }

  /** This page is shown from now on. */
  turnTo(page: PageId): void {
    if (page !== 'logs') this.tail.stop();
    if (page !== 'verify') this.verification.leave();
    if (page !== 'status') this.look.stop();
    if (page !== 'doctor') this.doctor.stop();
    if (page === 'status') this.look.watch();
    if (page === 'doctor') this.doctor.start();
  }

  stop(): void {
    this.tail.stop();
    this.verification.leave();
    this.look.stop();
    this.doctor.stop();
  }
}
