"use client";
/** The overview, for whoever is signed in. The period is part of the address, so that a link shows the same. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { Suspense, useEffect } from "react";
import { Overview } from "@/features/overview/overview";
import { PeriodPicker, periodOf } from "@/features/overview/period";
import { SESSION_KEY, SessionGate } from "@/features/session/session-gate";
import { useSignOut } from "@/features/session/use-sign-out";
import { Shell } from "@/features/shell/shell";
import type { Session } from "@/lib/api/session";
import { useLiveStatus } from "@/lib/live-react/hooks";
import { LiveProvider } from "@/lib/live-react/provider";

export default function Page() {
  return (
    <Suspense>
      <SessionGate>
        {(session) => (
          <LiveProvider>
            <SessionWatch />
            <OverviewPage session={session} />
          </LiveProvider>
        )}
      </SessionGate>
    </Suspense>
  );
}

function OverviewPage({ session: { user, organisation } }: { session: Session }) {
  const router = useRouter();
  const period = periodOf(useSearchParams().get("period"));
  const leaving = useSignOut();
  const account = {
    name: user.name,
    email: user.email,
    signOut: () => leaving.mutate(),
    signingOut: leaving.isPending,
    failure: leaving.error?.message,
  };
  return (
    <Shell
      organisation={{ name: organisation.name || organisation.id, time_zone: organisation.time_zone }}
      account={account}
      filters={
        <PeriodPicker value={period} onChange={(next) => router.replace(`/?period=${next}`, { scroll: false })} />
      }
    >
      <Overview period={period} timeZone={organisation.time_zone} />
    </Shell>
  );
}

/** A connection that is lost or refused may mean that the session has ended: ask, and the gate does the rest. */
function SessionWatch() {
  const queries = useQueryClient();
  const { refused, status } = useLiveStatus();
  const lost = refused || status === "offline";
  useEffect(() => {
    if (lost) void queries.invalidateQueries({ queryKey: SESSION_KEY });
  }, [lost, queries]);
  return null;
}
