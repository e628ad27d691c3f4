package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"quartier/reports/account"
	"quartier/reports/notification"
)

// route is the one page of all routes, by who calls them. What stands above a route guards it.
func (s *Server) route(assets map[string]*asset, script []byte) {
	app := s.app
	filings, searches, flags, supports := s.limits.filings, s.limits.searches, s.limits.flags, s.limits.supports // each by network and account; areas by place: vet

	// Everybody.
	app.Use(recover.New(), bounded, wellFormed, s.home)

	// Tiles: from memory, without the database. A look at the map asks for dozens, most of which are kept: they stand above the guards of the rest, which
	// would cost as much. Each drawing has its deadline from the cache.
	app.Use("/tiles", open, s.seeWrite)
	app.Get("/tiles/items/:z/:x/:y", s.tile(s.Cache.Items))
	app.Get("/tiles/cells/:z/:x/:y", s.tile(s.Cache.Cells))
	app.Get("/tiles/zones/:set/:z/:x/:y", s.zoneTile)
	app.Get("/tiles/basemap/:z/:x/:y", s.groundTile)

	// Everybody else.
	app.Use(s.identify, s.protect, plainBody)

	// Machines that watch over us.
	app.Get("/healthz", s.health)
	app.Get("/readyz", s.ready)
	app.Get("/metrics", s.local, s.metrics)

	// Who comes with a key has a good one; whoever changes something may, and does it himself.
	app.Use(goodKey, ownPage, writes)

	// What goes with the map.
	app.Get("/tiles/items.json", s.tileJSON(itemsTiles))
	app.Get("/tiles/cells.json", s.tileJSON(cellsTiles))
	app.Get("/tiles/zones/:set.json", s.zoneTileJSON)
	app.Get("/tiles/basemap.json", s.groundJSON)
	app.Get("/tiles/raster/:z/:x/:y", s.smallTile)
	app.Use([]string{"/maps", "/styles", "/feeds"}, open)
	app.Get("/maps/static.png", within(quick), s.staticPicture)
	app.Get("/styles/:name.json", within(quick), compress.New(), s.style)
	app.Use("/feeds", within(quick), compress.New())
	app.Get("/feeds/reports.atom", s.reportsFeed)
	app.Get("/feeds/zones/:set/*", s.zoneFeed)
	app.Get("/feeds/categories/:slug.atom", s.categoryFeed)
	app.Get("/feeds/reports/:id.atom", s.timelineFeed)

	// Photos: coming in they have their own limits of length and of time.
	app.Get("/media/:id/:file", within(quick), s.photo)
	app.Post("/api/v1/media", s.asWritten, s.uploadPhoto(s.limits.photos.check))
	app.Post("/reports", s.takeForm(s.limits.photos.check))
	app.Post("/reports/:id/comments", s.takeForm(s.limits.photos.check))
	app.Post("/reports/:id/respond", s.takeForm(s.limits.photos.check))

	// So have files of zones, and decisions for all reports anew.
	administrator := s.only(account.RoleAdministrator)
	app.Post("/admin/zones", within(zoneWait), administrator, browserOnly, s.stageZones)
	app.Post("/admin/zones/:set/revisions", within(zoneWait), administrator, browserOnly, s.stageZones)
	app.Post("/admin/zones/:set/:number/:act", within(zoneWait), administrator, browserOnly, readableBody, crossSite, s.actOnRevision)

	// Programs: streams and exports by plain handlers, the rest by Huma.
	app.Use("/api", open, perReader, s.seeWrite)
	app.Get("/api/v1/events", s.events)
	app.Use("/api", within(slow))
	app.Get("/api/v1/reports.geojson", s.export(geoJSON))
	app.Get("/api/v1/reports.csv", s.export(csvFile))
	app.Get("/api/v1/zones/:set.geojson", s.zoneExport)
	app.Use("/api", compress.New())
	app.Get("/api/v1/cells.geojson", s.cells)
	app.Post("/api/v1/reports", s.asWritten, filings.handler, readableBody, jsonOnly) // forms take their turns where they can be shown again
	app.Post("/api/v1/reports/:id/flags", flags.handler, s.notShutOut, readableBody, jsonOnly)
	app.Put("/api/v1/reports/:id/support", supports.handler, s.notShutOut)
	app.Put("/api/v1/reports/:id/follow", supports.handler, s.notShutOut)
	app.Post("/api/v1/me/follows", supports.handler, readableBody, jsonOnly)
	app.Post("/api/v1/reports/:id/updates", s.limits.comments.handler, s.notShutOut, readableBody, jsonOnly)
	app.Get("/api/v1/geocode", searches.handler)
	app.Get("/api/v1/push", s.pushKey)
	app.Post("/api/v1/push", flags.handler, readableBody, jsonOnly, s.subscribe)
	app.Delete("/api/v1/push", readableBody, jsonOnly, s.unsubscribePush)
	app.Post("/api/v1/reports/similar", searches.handler, readableBody, jsonOnly)
	app.Post("/api/v1/categories/suggest", searches.handler, readableBody, jsonOnly)
	api := newAPI(app, s.BasePath)
	s.registerReports(api)
	s.registerAlike(api)
	s.registerCatalogue(api)
	s.registerStatistics(api)
	s.registerFlags(api)
	s.registerComments(api)
	s.registerMe(api)
	s.registerSupports(api)
	s.registerFollows(api)
	filters := append(filterNames, "bbox")
	documentStream(api, "/reports.geojson", "export-geojson", "All reports as GeoJSON, streamed", geoJSON.contentType, filters...)
	documentStream(api, "/reports.csv", "export-csv", "All reports as CSV, streamed", csvFile.contentType, filters...)
	documentStream(api, "/zones/{set}.geojson", "export-zones", "The zones of a set as GeoJSON", geoJSON.contentType)
	documentStream(api, "/cells.geojson", "list-cells", "H3 cells with counts", geoJSON.contentType, append(filters, "resolution")...)
	documentEvents(api)
	documentUpload(api)
	documentPush(api)

	// People.
	app.Get("/assets/*", sendAsset(assets))
	app.Get("/words/*", compress.New(), s.sendWords)
	app.Get("/worker.js", compress.New(), worker(script))
	app.Get("/manifest.webmanifest", within(quick), s.manifest)
	app.Use(within(slow), compress.New(), s.switchLanguage)
	app.Get("/api/docs", s.docsPage(api))
	app.Get("/", ifSearched(searches), s.mapPress, s.mapPage)
	app.Get("/reports", s.listPage)
	app.Get("/reports/new", s.formPage)
	app.Get("/reports/new/thanks", s.thanksPage)
	app.Post("/reports", searches.handler, readableBody, crossSite, s.formStep, s.filePage)
	app.Get("/reports/:id", s.reportScreen)
	app.Get("/reports/:id/flag", s.flagPage)
	app.Post("/reports/:id/flag", s.notShutOut, readableBody, crossSite, s.raiseFlag)
	app.Post("/reports/:id/support", supports.handler, s.notShutOut, readableBody, crossSite, s.support)
	app.Get("/reports/:id/follow", secluded, s.followReportPage)
	app.Post("/reports/:id/follow", secluded, browserOnly, s.notShutOut, readableBody, crossSite, s.followReport)
	app.Get("/follow", secluded, s.followPage)
	app.Post("/follow", secluded, browserOnly, searches.handler, s.notShutOut, readableBody, crossSite, s.follow)
	app.Post("/follow/:id/end", secluded, browserOnly, readableBody, crossSite, s.endFollowHere)
	app.Get("/reports/:id/comments", s.commentPage)
	app.Post("/reports/:id/comments", s.notShutOut, readableBody, crossSite, s.comment)
	app.Get("/confirm", secluded, s.confirmPage)
	app.Post("/confirm", secluded, searches.handler, readableBody, crossSite, s.confirm)
	app.Get("/appeal", secluded, s.appealPage)
	app.Post("/appeal", secluded, readableBody, crossSite, s.appeal)
	app.Get(notification.StopPath, secluded, s.stopPage)
	app.Post(notification.StopPath, secluded, searches.handler, readableBody, s.oneClick, crossSite, s.stopMails) // a mail program presses the button without our page
	app.Get("/zones", s.zonesPage)
	app.Get("/zones/:set/*", s.zonePage)
	app.Get("/stats", s.statsPage)
	app.Get("/offline", s.offlinePage)
	app.Get("/privacy", s.privacyPage)

	// Moderators.
	app.Use([]string{"/moderation", "/admin/blocks"}, s.only(account.RoleModerator))
	app.Get("/moderation", s.casesPage)
	app.Get("/moderation/reports/:id", s.casePage)
	app.Post("/moderation/reports/:id", readableBody, crossSite, s.decide)
	app.Post("/moderation/reports/:id/appeal", readableBody, crossSite, s.settle)
	app.Get("/admin/blocks", s.blocksPage)
	app.Post("/admin/blocks", readableBody, crossSite, s.addBlock)
	app.Post("/admin/blocks/:id/remove", readableBody, crossSite, s.removeBlock)

	// Who people are. Forms say who may send them; what changes credentials wants a fresh proof.
	signIns, links := s.limits.signIns.handler, s.limits.links.handler
	shut := s.notShutOut
	form := []fiber.Handler{secluded, browserOnly, readableBody, crossSite}
	app.Get("/sign-in", secluded, s.signInPage)
	app.Post("/sign-in", with(form, links, s.askLink)...)
	app.Get("/sign-in/sent", secluded, s.linkSentPage)
	app.Get("/sign-in/link", secluded, signIns, s.linkPage)
	app.Post("/sign-in/link", with(form, shut, signIns, s.followLink)...)
	app.Post("/sign-in/password", with(form, signIns, s.byPassword)...)
	app.Post("/sign-in/passkey/options", with(form, signIns, s.askPasskey)...)
	app.Post("/sign-in/passkey", with(form, shut, signIns, s.byPasskey)...)
	app.Get("/sign-in/provider", secluded, signIns, s.leaveForProvider)
	app.Get(providerBack, secluded, shut, signIns, s.arriveFromProvider)
	app.Get("/sign-in/code", secluded, s.codePage)
	app.Post("/sign-in/code", with(form, shut, signIns, s.byCode)...)
	app.Get("/sign-out", secluded, s.signedOutPage)
	app.Post("/sign-out", with(form, s.leave)...)

	// A person's own account.
	mine := []fiber.Handler{secluded, s.signedIn, browserOnly}
	mineForm := with(mine, readableBody, crossSite)
	credential := with(mineForm, s.proven("/me/security"))
	app.Get("/me", with(mine, s.mePage)...)
	app.Post("/me", with(mineForm, s.changeMe)...)
	app.Post("/me/email", with(mineForm, s.proven("/me"), s.changeEmail)...)
	app.Get("/me/security", with(mine, s.securityPage)...)
	app.Post("/me/security/password", with(credential, s.setPassword)...)
	app.Post("/me/security/password/remove", with(credential, s.removePassword)...)
	app.Post("/me/security/passkeys/options", with(credential, signIns, s.preparePasskey)...)
	app.Post("/me/security/passkeys", with(credential, s.addPasskey)...)
	app.Post("/me/security/passkeys/:id", with(mineForm, s.renamePasskey)...)
	app.Post("/me/security/passkeys/:id/remove", with(credential, s.removePasskey)...)
	app.Post("/me/security/second-factor", with(credential, s.prepareSecond)...)
	app.Post("/me/security/second-factor/confirm", with(credential, s.confirmSecond)...)
	app.Post("/me/security/second-factor/recovery", with(credential, s.renewRecovery)...)
	app.Post("/me/security/second-factor/remove", with(credential, s.removeSecond)...)
	app.Post("/me/security/providers/remove", with(credential, s.unlink)...)
	app.Post("/me/security/sessions/others", with(mineForm, s.endOthers)...)
	app.Post("/me/security/sessions/:id/end", with(mineForm, s.endSession)...)
	app.Post("/me/security/tokens", with(credential, s.makeToken)...)
	app.Post("/me/security/tokens/:id/revoke", with(mineForm, s.revokeToken)...)
	app.Post("/privacy", with(mineForm, s.agree)...)
	app.Get("/me/notifications", with(mine, s.noticesPage)...)
	app.Post("/me/notifications", with(mineForm, s.chooseNotices)...)
	app.Post("/me/notifications/address", with(mineForm, s.tryAddress)...)
	app.Post("/me/notifications/browsers/:id/remove", with(mineForm, s.removeBrowser)...)
	app.Get("/me/follows", with(mine, s.followsPage)...)
	app.Post("/me/follows/:id", with(mineForm, s.changeFollow)...)
	app.Post("/me/follows/:id/end", with(mineForm, s.endFollow)...)
	app.Get("/me/data", with(mine, s.dataPage)...)
	app.Get("/me/data.json", with(mine, s.dataJSON)...)
	app.Get("/me/data.zip", with(mine, s.dataZip)...)
	app.Get("/me/data/erase", with(mine, s.erasePage)...)
	app.Post("/me/data/erase", with(mineForm, s.proven("/me/data/erase"), s.eraseData)...)

	// What somebody filed, with an account or, for a while, in the same browser; and what those are asked who filed or follow it.
	app.Get("/me/reports", with(mine, s.minePage)...)
	own := []fiber.Handler{secluded, browserOnly}
	ownForm := with(own, s.notShutOut, readableBody, crossSite)
	app.Get("/reports/:id/edit", with(own, s.mayBeOwn, s.editPage)...)
	app.Post("/reports/:id/edit", with(ownForm, s.mayBeOwn, s.edit)...)
	app.Get("/reports/:id/withdraw", with(own, s.mayBeOwn, s.withdrawPage)...)
	app.Post("/reports/:id/withdraw", with(ownForm, s.mayBeOwn, s.withdraw)...)
	app.Get("/reports/:id/fixed", with(own, s.fixedPage)...)
	app.Post("/reports/:id/fixed", with(ownForm, s.fixed)...)

	// Who handles reports; the register knows which.
	app.Get("/reports/:id/respond", with(mine, s.only(account.RoleAgent), s.respondPage)...)
	app.Post("/reports/:id/respond", with(mineForm, s.only(account.RoleAgent), s.respond)...)
	app.Get("/reports/:id/photos/:photo", with(mine, s.only(account.RoleAgent, account.RoleModerator), s.retouchPage)...)
	app.Post("/reports/:id/photos/:photo", with(mineForm, s.only(account.RoleAgent, account.RoleModerator), s.retouch)...)
	app.Post("/reports/:id/contact", with(mineForm, s.only(account.RoleAgent), s.contactPage)...)

	// Who files for others, and hangs up posters.
	app.Use("/desk", secluded, s.only(account.RoleAgent), browserOnly)
	app.Get("/desk/new", s.deskPage)
	app.Get("/desk/receipt", s.receiptPage)
	app.Get("/desk/poster", searches.handler, s.posterPage)

	// Administrators.
	app.Use("/admin", administrator, secluded, browserOnly)
	app.Get("/admin", s.adminPage)
	app.Get("/admin/privacy", s.noticePage)
	app.Post("/admin/privacy", readableBody, crossSite, writes, s.publishNotice)
	app.Get("/admin/retention", s.retentionPage)
	app.Post("/admin/retention", readableBody, crossSite, writes, s.beginRetention)
	app.Get("/admin/people", s.peoplePage)
	app.Get("/admin/people/:id", s.personPage)
	app.Get("/admin/groups", s.groupsPage)
	app.Get("/admin/groups/:id", s.groupPage)
	app.Get("/admin/services", s.servicesPage)
	app.Get("/admin/services/:id", s.servicePage)
	app.Get("/admin/categories", s.categoriesPage)
	app.Get("/admin/categories/:id", s.categoryPage)
	app.Get("/admin/zones", s.zoneSetsPage)
	app.Get("/admin/zones/:set", s.zoneSetPage)
	app.Get("/admin/zones/:set/:number", s.revisionPage)
	app.Get("/admin/settings", s.settingsPage)
	app.Get("/admin/audit", s.auditPage)
	app.Get("/admin/audit.csv", s.auditFile)
	app.Post("/admin/people", readableBody, crossSite, s.invitePerson)
	app.Post("/admin/people/:id/grant", readableBody, crossSite, s.grantRole)
	app.Post("/admin/people/:id/:act", readableBody, crossSite, s.actOnPerson)
	app.Post("/admin/groups", readableBody, crossSite, s.makeGroup)
	app.Post("/admin/groups/:id", readableBody, crossSite, s.changeGroup)
	app.Post("/admin/groups/:id/members", readableBody, crossSite, s.changeMembers)
	app.Post("/admin/services/:id", readableBody, crossSite, s.saveService)
	app.Post("/admin/categories/:id", readableBody, crossSite, s.saveCategory)
	app.Post("/admin/zones/:set", readableBody, crossSite, s.renameZoneSet)
	app.Post("/admin/settings", readableBody, crossSite, s.saveSettings)
	app.Get("/admin/mail", s.outboxPage)
	app.Post("/admin/mail", readableBody, crossSite, s.outboxPage)
	app.Get("/admin/mail/:id", s.mailPage)
	app.Post("/admin/mail/:id", readableBody, crossSite, s.mailAct)
	app.Get("/admin/jobs", s.jobsPage)
	app.Post("/admin/jobs/:id", readableBody, crossSite, s.jobAct)
}

// with gives guards, and what they guard.
func with(guards []fiber.Handler, handlers ...fiber.Handler) []fiber.Handler {
	return append(guards[:len(guards):len(guards)], handlers...)
}

// jsonOnly refuses bodies that do not say they are JSON: a form of another site cannot send that type.
func jsonOnly(c *fiber.Ctx) error {
	if !c.Is("json") {
		return fiber.ErrUnsupportedMediaType
	}
	return c.Next()
}
