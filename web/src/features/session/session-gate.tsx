"use client";
/** Shows what is below it to somebody who is signed in; sends everybody else to the sign-in page. */
import { useQuery } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, type ReactNode } from "react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { Mark } from "@/components/mark";
import { ApiError } from "@/lib/api/problem";
import { readSession, type Session } from "@/lib/api/session";

export const SESSION_KEY = ["session"] as const;

export function SessionGate({ children }: { children: (session: Session) => ReactNode }) {
  const router = useRouter();
  const { data, error, refetch } = useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => readSession(signal),
    staleTime: Infinity,
  });
  useEffect(() => {
    if (data === null) router.replace("/sign-in/");
  }, [data, router]);
  if (data) return children(data);
  if (error) return <Unreachable error={error} retry={() => void refetch()} />;
  return (
    <main className="grid min-h-dvh place-content-center" aria-busy="true" aria-label="Loading">
      <div className="animate-breathe">
        <Mark size="2rem" />
      </div>
    </main>
  );
}

function Unreachable({ error, retry }: { error: Error; retry: () => void }) {
  const requestId = error instanceof ApiError ? error.request_id : undefined;
  return (
    <main className="grid min-h-dvh">
      <Notice
        urgent
        icon={<CloudOff size="1.5rem" aria-hidden />}
        title="The session could not be read"
        action={<Button onClick={retry}>Try again</Button>}
        requestId={requestId}
      >
        {error.message}
      </Notice>
    </main>
  );
}
