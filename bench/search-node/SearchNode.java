import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One search node in this process, for tests: Elasticsearch 6 or 7 or OpenSearch 2, whichever is on the class path. It uses reflection,
 * since the three have the same classes under two names.
 *
 * Prints the port of its HTTP interface once it answers. Ends with its standard input, so it never outlives the process that started it.
 *
 * Usage: java -cp JARS SearchNode.java HOME_FOLDER [setting=value ...]
 */
public class SearchNode {
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Path config = Files.createDirectories(home.resolve("config"));
    String root = isThere("org.opensearch.node.Node") ? "org.opensearch." : "org.elasticsearch.";

    Class<?> settingsClass = Class.forName(root + "common.settings.Settings");
    Object settings = settingsClass.getMethod("builder").invoke(null);
    put(settings, "path.home", home.toString());
    put(settings, "node.name", "test");
    put(settings, "network.host", "127.0.0.1");
    put(settings, "http.port", "0");
    boolean isSix = !isThere(root + "cluster.coordination.Coordinator");
    put(settings, isSix ? "transport.tcp.port" : "transport.port", "0");
    // A small heap that is collected late looks full most of the time, and searches would be refused because of that.
    if (!isSix) put(settings, "indices.breaker.total.use_real_memory", "false");
    put(settings, "discovery.type", "single-node");
    // A nearly full disk, as a test machine may have, would make the indexes read-only.
    put(settings, "cluster.routing.allocation.disk.threshold_enabled", "false");
    for (int at = 1; at < args.length; at++) {
      String[] pair = args[at].split("=", 2);
      put(settings, pair[0], pair[1]);
    }
    Object built = settings.getClass().getMethod("build").invoke(settings);

    Class<?> environmentClass = Class.forName(root + "env.Environment");
    Object environment = environmentClass.getConstructor(settingsClass, Path.class).newInstance(built, config);
    List<Class<?>> plugins = new ArrayList<>();
    for (String name : List.of("transport.Netty4Plugin", "painless.PainlessPlugin", "analysis.common.CommonAnalysisPlugin", "index.reindex.ReindexPlugin")) {
      plugins.add(Class.forName(root + name));
    }
    Object node = makeNode(Class.forName(root + "node.Node"), environment, plugins);
    node.getClass().getMethod("start").invoke(node);

    Class<?> httpClass = Class.forName(root + "http.HttpServerTransport");
    Object injector = node.getClass().getMethod("injector").invoke(node);
    Object http = Class.forName(root + "common.inject.Injector").getMethod("getInstance", Class.class).invoke(injector, httpClass);
    Object bound = httpClass.getMethod("boundAddress").invoke(http);
    Object address = bound.getClass().getMethod("publishAddress").invoke(bound);
    System.out.println("port " + address.getClass().getMethod("getPort").invoke(address));

    while (System.in.read() >= 0) {}
    Runtime.getRuntime().halt(0);
  }

  /** Makes the node with plugins from the class path. The constructor is protected, and 6.x has no third parameter. */
  private static Object makeNode(Class<?> nodeClass, Object environment, List<Class<?>> plugins) throws Exception {
    for (Constructor<?> each : nodeClass.getDeclaredConstructors()) {
      Class<?>[] types = each.getParameterTypes();
      if (types.length < 2 || !types[0].isInstance(environment)) continue;
      each.setAccessible(true);
      if (types.length == 2) return each.newInstance(environment, plugins);
      if (types.length == 3 && types[2] == boolean.class) return each.newInstance(environment, plugins, false);
    }
    throw new IllegalStateException("no constructor of " + nodeClass + " takes plugins");
  }

  private static void put(Object settings, String name, String value) throws Exception {
    settings.getClass().getMethod("put", String.class, String.class).invoke(settings, name, value);
  }

  private static boolean isThere(String name) {
    try {
      Class.forName(name, false, SearchNode.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }
}
