"use client";
/** Signing in or, on a new installation, making the first administrator. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/components/button";
import { Mark } from "@/components/mark";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { ApiError } from "@/lib/api/problem";
import { setupNeeded, type Session } from "@/lib/api/session";
import { SESSION_KEY } from "./session-gate";
import { SetupForm } from "./setup-form";
import { SignInForm } from "./sign-in-form";

export function SignInPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const setup = useQuery({ queryKey: ["setup"], queryFn: ({ signal }) => setupNeeded(signal), staleTime: 0 });
  const enter = (session: Session) => {
    queries.setQueryData(SESSION_KEY, session);
    router.replace("/");
  };
  return (
    <main className="grid min-h-dvh place-items-center bg-surface p-4">
      <div className="grid w-full max-w-sm gap-6 rounded-card border border-line bg-raised p-6 sm:p-8">
        <div className="flex items-center gap-2.5 text-lg font-semibold">
          <Mark size="1.75rem" />
          Salescope
        </div>
        {setup.data === true && <SetupForm onDone={enter} />}
        {setup.data === false && <SignInForm onDone={enter} />}
        {setup.isPending && <FormSkeleton />}
        {setup.isError && (
          <Notice
            urgent
            title="The server does not answer as it should"
            action={<Button onClick={() => void setup.refetch()}>Try again</Button>}
            requestId={setup.error instanceof ApiError ? setup.error.request_id : undefined}
          >
            {setup.error.message}
          </Notice>
        )}
      </div>
    </main>
  );
}

function FormSkeleton() {
  return (
    <div className="grid gap-5" aria-busy="true" aria-label="Loading">
      <Skeleton className="h-7 w-32" />
      <Skeleton className="h-14 w-full" />
      <Skeleton className="h-14 w-full" />
      <Skeleton className="h-10 w-full" />
    </div>
  );
}
