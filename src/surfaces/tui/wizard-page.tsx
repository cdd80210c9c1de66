import { Certificates } from '../../../screens/certificates.tsx';
import { Doctor } from '../../../screens/doctor.tsx';
import { Home } from '../../../screens/home.tsx';
import { Hosts } from '../../../screens/hosts.tsx';
import { Launch } from '../../../screens/launch.tsx';
import { Logs } from '../../../screens/logs.tsx';
import { Mode } from '../../../screens/mode.tsx';
import { NewToken } from '../../../screens/new-token.tsx';
import { Prerequisites } from '../../../screens/prerequisites.tsx';
import { RegisterCa } from '../../../screens/register-ca.tsx';
import { RenewCert } from '../../../screens/renew-cert.tsx';
import { Review } from '../../../screens/review.tsx';
import { RotateCa } from '../../../screens/rotate-ca.tsx';
import { Routes } from '../../../screens/routes.tsx';
import { Schedule } from '../../../screens/schedule.tsx';
import { Status } from '../../../screens/status.tsx';
import { Summary } from '../../../screens/summary.tsx';
import { entriesFor } from '../../../screens/texts/home-entries.ts';
import { Tunnel } from '../../../screens/tunnel.tsx';
import { Verify } from '../../../screens/verify.tsx';
import type { Shell } from '../../../screens/views.ts';
import { Welcome } from '../../../screens/welcome.tsx';
import { certificateForm, routeProblems, routesForm, tunnelForm } from '../wizard/forms.ts';
import { modes } from '../wizard/modes.ts';
import { renewalForm } from '../wizard/renewal-state.ts';
import { newTokenForm } from '../wizard/rotation.ts';
import { lookEverySeconds } from '../wizard/status-look.ts';
import { summaryView } from '../wizard/summary-view.ts';
import type { Wizard } from '../wizard/wizard.ts';
import type { WizardState } from '../wizard/wizard-state.ts';

export interface WizardPageProps {
  readonly wizard: Wizard;
  readonly state: WizardState;
  readonly shell: Shell;
  readonly onCopy: (text: string) => void;
}

/** The screen of the page that the wizard is at, with what it shows and what its keys do. */
export function WizardPage({ wizard, state, shell, onCopy }: WizardPageProps) {
  const { settings, dir } = wizard;
  const { draft, flow } = state;
  const next = () => wizard.next();
  const onBack = () => wizard.back();
  switch (state.page) {
    case 'welcome':
      return (
        <Welcome
          shell={shell}
          dir={dir}
          user={settings.user}
          onContinue={next}
          {...(settings.rehearsal ? {} : { onRehearse: () => wizard.rehearse() })}
        />
      );
    case 'home':
      return state.existing ? (
        <Home
          shell={shell}
          dir={dir}
          existing={state.existing}
          look={state.look}
          onChoose={(id) => wizard.choose(id)}
          onLeave={() => wizard.finish()}
        />
      ) : null;
    case 'status':
      return (
        <Status
          shell={shell}
          look={state.look}
          entries={state.existing ? entriesFor(state.existing, settings.rehearsal) : []}
          everySeconds={lookEverySeconds}
          onChoose={(id) => wizard.choose(id)}
          onBack={onBack}
        />
      );
    case 'verify':
      return (
        <Verify
          shell={shell}
          view={state.verify}
          onKey={(text) => wizard.besides.verification.setKey(text)}
          onSend={() => wizard.besides.verification.send()}
          onAgain={() => wizard.besides.verification.start()}
          onBack={onBack}
        />
      );
    case 'doctor':
      return (
        <Doctor
          shell={shell}
          view={state.doctor}
          entries={state.existing ? entriesFor(state.existing, settings.rehearsal) : []}
          onChoose={(id) => wizard.choose(id)}
          onRecheck={() => wizard.besides.doctor.start()}
          onBack={onBack}
        />
      );
    case 'hosts':
      return (
        <Hosts
          shell={shell}
          hosts={state.hosts}
          onTick={(name, done) => wizard.hosts.tick(name, done)}
          onCopy={onCopy}
          onContinue={next}
          onBack={onBack}
        />
      );
    case 'renew-cert':
      return (
        <RenewCert
          shell={shell}
          form={renewalForm(state.renewal)}
          onChange={(field, value) => wizard.renewal.set(field, value)}
          onPassphrase={(text) => wizard.renewal.setPassphrase(text)}
          onContinue={next}
          onRestore={() => wizard.renewal.restore()}
          onBack={onBack}
        />
      );
    case 'rotate-ca': {
      const { view } = state.caRotation;
      return (
        <RotateCa
          shell={shell}
          view={view}
          domain={draft.domain.trim()}
          hostname={settings.hostname}
          copied={state.copied}
          onCopy={() => {
            if (view.kind === 'seen' && view.next) onCopy(view.next.pem);
          }}
          onContinue={next}
          onConfirm={() => void wizard.caRotation.confirm()}
          onCancel={() => wizard.caRotation.cancel()}
          onRetry={() => void wizard.caRotation.look()}
          onBack={onBack}
        />
      );
    }
    case 'schedule':
      return (
        <Schedule
          shell={shell}
          view={state.upkeep.view}
          onSwitchOn={() => wizard.upkeep.plan('on')}
          onSwitchOff={() => wizard.upkeep.plan('off')}
          onRetry={() => void wizard.upkeep.look()}
          onBack={onBack}
        />
      );
    case 'prerequisites':
      return (
        <Prerequisites
          shell={shell}
          checks={state.checks}
          goesOn={state.goesOn}
          onRecheck={(id) => wizard.recheck(id)}
          onContinue={next}
          onBack={onBack}
        />
      );
    case 'mode':
      return <Mode shell={shell} modes={modes} chosen="manual" onSelect={next} onBack={onBack} />;
    case 'tunnel':
      return (
        <Tunnel
          shell={shell}
          form={tunnelForm(draft, settings.hasToken)}
          onDomain={(text) => wizard.setDomain(text)}
          onToken={(text) => wizard.setToken(text)}
          onContinue={next}
          onBack={onBack}
        />
      );
    case 'new-token':
      return (
        <NewToken
          shell={shell}
          form={newTokenForm(state)}
          hosts={state.hosts}
          onToken={(text) => wizard.rotation.setToken(text)}
          onContinue={next}
          onBack={onBack}
        />
      );
    case 'certificates':
      return (
        <Certificates
          shell={shell}
          dir={dir}
          domain={draft.domain.trim()}
          form={certificateForm(draft, state.ca.status === 'made' ? state.ca : wizard.knownCa)}
          onChange={(field, value) => wizard.setCertificate(field, value)}
          onContinue={next}
          onBack={onBack}
        />
      );
    case 'register-ca':
      return (
        <RegisterCa
          shell={shell}
          ca={state.ca}
          domain={draft.domain}
          hostname={settings.hostname}
          copied={state.copied}
          onCopy={() => {
            if (state.ca.status === 'made') onCopy(state.ca.pem);
          }}
          onConfirm={() => void wizard.confirmCa()}
          onLater={() => wizard.registerLater()}
          onBack={onBack}
          onRetry={() => wizard.retryCa()}
        />
      );
    case 'routes':
      return (
        <Routes
          shell={shell}
          form={routesForm(state)}
          onAdd={(name, upstream) => wizard.routes.add(name, upstream)}
          onEdit={(index, name, upstream) => wizard.routes.change(index, name, upstream)}
          onRemove={(index) => wizard.routes.remove(index)}
          {...(state.routing
            ? {}
            : { onSampleServer: (on: boolean) => wizard.routes.setSampleServer(on) })}
          onUpstream={(field, value) => wizard.routes.setUpstream(field, value)}
          onSystemCas={(on) => wizard.routes.setSystemCas(on)}
          onProbe={() => wizard.routes.probe()}
          validate={(name, upstream, index) => routeProblems(draft, name, upstream, index)}
          onContinue={next}
          onBack={onBack}
        />
      );
    case 'review': {
      const failure = state.refused ?? flow.failure;
      return (
        <Review
          shell={shell}
          status={failure ? 'failed' : state.run === 'asking' ? 'asking' : 'planning'}
          checks={flow.checks}
          changes={flow.changes}
          differences={flow.differences}
          user={settings.user}
          onRun={next}
          onBack={onBack}
          onRetry={() => wizard.retry()}
          {...(failure ? { failure } : {})}
        />
      );
    }
    case 'launch':
      return (
        <Launch
          shell={shell}
          flow={state.refused ? { ...flow, failure: state.refused } : flow}
          logs={state.logs}
          running={state.run === 'running'}
          stopping={state.stopping}
          wantedRoutes={draft.routes.length}
          onRetry={() => wizard.retry()}
          onBack={onBack}
        />
      );
    case 'summary': {
      const view = summaryView(wizard, state);
      return (
        <Summary
          shell={shell}
          view={view}
          {...(view.caRegistered ? {} : { onConfirmCa: () => void wizard.confirmCa() })}
          onCopy={onCopy}
          onLogs={() => wizard.showLogs()}
          onVerify={() => wizard.besides.verification.open()}
          {...(state.existing ? { onHome: onBack } : {})}
          onFinish={() => wizard.finish()}
        />
      );
    }
    case 'logs':
      return (
        <Logs
          shell={shell}
          tail={state.tail}
          commandOf={(remedy) => wizard.besides.logActs.commandOf(remedy)}
          suggestedPath={() => wizard.besides.logActs.suggestedPath()}
          onHold={(mode) => wizard.besides.tail.hold(mode)}
          onSave={(path, entries) => void wizard.besides.logActs.save(path, entries)}
          onFix={(remedy) => wizard.fix(remedy)}
          onSeen={() => wizard.besides.logActs.seen()}
          onBack={onBack}
        />
      );
  }
}
