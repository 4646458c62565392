import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { HttpResponse } from '../http.js';
import { STATUS } from '../tokens.js';
import type { StatusService } from './status.service.js';

/** For whoever watches over processes. */
@Controller()
export class HealthController {
  constructor(@Inject(STATUS) private readonly service: StatusService) {}

  /** This process answers. Never depends on others: restarting it would not mend them. */
  @Get('healthz')
  @Header('Cache-Control', 'no-store')
  health(): object {
    return { status: 'ok' };
  }

  /** People can meet: 200, or 503 with what is missing. */
  @Get('readyz')
  readiness(@Res() response: HttpResponse): void {
    const { isReady, missing } = this.service.readiness();
    response
      .status(isReady ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: isReady ? 'ready' : 'not-ready', missing });
  }
}
