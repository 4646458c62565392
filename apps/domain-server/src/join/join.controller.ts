import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { headerOf, type HttpRequest, type HttpResponse } from '../http.js';
import { JOIN } from '../tokens.js';
import type { JoinService } from './join.service.js';

/** `GET /api/join?world=NAME`: where a client connects. */
@Controller('api/join')
export class JoinController {
  constructor(@Inject(JOIN) private readonly service: JoinService) {}

  @Get()
  join(@Req() request: HttpRequest, @Res() response: HttpResponse): void {
    const { status, body } = this.service.join({
      world: request.query.world,
      hostHeader: headerOf(request, 'host'),
      forwardedHost: headerOf(request, 'x-forwarded-host'),
      forwardedProto: headerOf(request, 'x-forwarded-proto'),
    });
    response.status(status).set('Cache-Control', 'no-store').json(body);
  }
}
