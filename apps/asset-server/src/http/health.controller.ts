import { Controller, Get, Header } from '@nestjs/common';

/** For whoever watches over processes. */
@Controller()
export class HealthController {
  /** This process answers. */
  @Get('healthz')
  @Header('Cache-Control', 'no-store')
  health(): object {
    return { status: 'ok' };
  }
}
