import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { toGrpcError, toRcsError } from '#platform';

/** The one place where an error of the vault becomes a gRPC status; unknown errors become a plain internal one. */
@Catch()
export class RpcErrorFilter implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => toGrpcError(toRcsError(error)));
  }
}
