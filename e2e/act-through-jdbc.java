import java.io.StringReader;
import java.io.StringWriter;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.copy.CopyManager;

/** Does what applications do with JDBC and prints what comes of it: the same on each way to a server. */
class ActThroughJdbc {
  private final String url;
  private final Properties login = new Properties();

  ActThroughJdbc(String url, String user, String password) {
    this.url = url;
    login.setProperty("user", user);
    login.setProperty("password", password);
  }

  public static void main(String[] args) throws Exception {
    ActThroughJdbc act = new ActThroughJdbc(args[0], args[1], args[2]);
    act.refusePassword();
    act.batches("false");
    act.batches("true");
    act.cursors();
    act.generatedKeys();
    act.copies();
    act.timeouts();
    act.cancels();
    act.preparesOnServer();
    act.transactions();
    act.types();
    act.simpleProtocol();
  }

  private interface Work {
    void with(Connection connection) throws Exception;
  }

  private void connected(String title, Work work, String... options) throws Exception {
    say("== " + title);
    Properties properties = new Properties();
    properties.putAll(login);
    for (int i = 0; i < options.length; i += 2) properties.setProperty(options[i], options[i + 1]);
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      work.with(connection);
    } catch (SQLException error) {
      say(error);
    }
  }

  private static void say(Object text) {
    System.out.println(text);
  }

  private static void say(SQLException error) {
    say(error.getSQLState() + " " + error.getMessage().lines().findFirst().orElse(""));
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void print(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) line.append(rows.getString(i)).append('|');
        say(line);
      }
    }
  }

  private void refusePassword() throws Exception {
    connected("a wrong password", connection -> say("came in"), "password", "not the password");
  }

  private void batches(String rewrites) throws Exception {
    connected("batches, reWriteBatchedInserts=" + rewrites, connection -> {
      run(connection, "drop table if exists batched");
      run(connection, "create table batched (id int primary key, word text)");
      try (PreparedStatement insert = connection.prepareStatement("insert into batched values (?, ?)")) {
        for (int i = 0; i < 2000; i++) {
          insert.setInt(1, i);
          insert.setString(2, i % 7 == 0 ? null : "word " + i);
          insert.addBatch();
        }
        say(Arrays.stream(insert.executeBatch()).distinct().count());
        for (int i = 1990; i < 2010; i++) {
          insert.setInt(1, i);
          insert.setString(2, "again");
          insert.addBatch();
        }
        insert.executeBatch();
      } catch (BatchUpdateException error) {
        say(error.getSQLState() + " " + error.getUpdateCounts().length);
      }
      try (Statement mixed = connection.createStatement()) {
        mixed.addBatch("insert into batched values (5000, 'x')");
        mixed.addBatch("update batched set word = 'y' where id = 5000");
        mixed.addBatch("delete from batched where id > 1000");
        say(Arrays.toString(mixed.executeBatch()));
      }
      print(connection, "select count(*), count(word), max(id) from batched");
    }, "reWriteBatchedInserts", rewrites);
  }

  private void cursors() throws Exception {
    connected("fetch size", connection -> {
      connection.setAutoCommit(false);
      try (PreparedStatement select = connection.prepareStatement("select g, repeat('x', g) from generate_series(1, ?) g")) {
        select.setFetchSize(50);
        select.setInt(1, 1000);
        long sum = 0;
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) sum += rows.getInt(1) + rows.getString(2).length();
        }
        say(sum);
        try (ResultSet rows = select.executeQuery()) {
          rows.next();
          say("left after " + rows.getInt(1));
        }
      }
      connection.commit();
    });
  }

  private void generatedKeys() throws Exception {
    connected("generated keys", connection -> {
      run(connection, "create table keyed (id serial primary key, word text)");
      try (PreparedStatement insert =
          connection.prepareStatement("insert into keyed (word) values (?), (?)", Statement.RETURN_GENERATED_KEYS)) {
        insert.setString(1, "a");
        insert.setString(2, "b");
        say(insert.executeUpdate());
        try (ResultSet keys = insert.getGeneratedKeys()) {
          while (keys.next()) say(keys.getInt("id") + keys.getString("word"));
        }
      }
    });
  }

  private void copies() throws Exception {
    connected("copy", connection -> {
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      run(connection, "create table copied (id int, word text)");
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 20000; i++) lines.append(i).append("\tword ").append(i).append('\n');
      say(copy.copyIn("copy copied from stdin", new StringReader(lines.toString())));
      StringWriter back = new StringWriter();
      say(copy.copyOut("copy copied to stdout", back));
      say(back.toString().contentEquals(lines));
      try {
        copy.copyIn("copy copied from stdin", new StringReader("no number\tx\n"));
      } catch (SQLException error) {
        say(error);
      }
      print(connection, "select count(*) from copied");
    });
  }

  private void timeouts() throws Exception {
    connected("timeouts", connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.setQueryTimeout(1);
        statement.execute("select pg_sleep(600)");
      } catch (SQLException error) {
        say(error);
      }
      run(connection, "set statement_timeout = 50");
      try {
        run(connection, "select pg_sleep(600)");
      } catch (SQLException error) {
        say(error);
      }
      run(connection, "reset statement_timeout");
      print(connection, "select 'and goes on'");
    });
  }

  private void cancels() throws Exception {
    connected("cancel", connection -> {
      try (Statement statement = connection.createStatement()) {
        Thread canceller = new Thread(() -> {
          // The first request may come before the statement has begun.
          while (!Thread.currentThread().isInterrupted()) {
            try {
              Thread.sleep(50);
              statement.cancel();
            } catch (SQLException | InterruptedException error) {
              return;
            }
          }
        });
        canceller.start();
        try {
          statement.execute("select pg_sleep(600)");
        } catch (SQLException error) {
          say(error);
        }
        canceller.interrupt();
        canceller.join();
      }
    });
  }

  /** After the fifth execution the driver names the statement and reads binary. */
  private void preparesOnServer() throws Exception {
    connected("prepared on the server", connection -> {
      try (PreparedStatement select = connection.prepareStatement("select ?::int + 1, now() > ?::timestamptz, ?::numeric")) {
        for (int i = 0; i < 10; i++) {
          select.setInt(1, i);
          select.setString(2, "2020-01-01");
          select.setBigDecimal(3, new java.math.BigDecimal("1.50"));
          try (ResultSet rows = select.executeQuery()) {
            rows.next();
            boolean isNamed = select.unwrap(PGStatement.class).isUseServerPrepare();
            say(rows.getInt(1) + " " + rows.getBoolean(2) + " " + rows.getBigDecimal(3) + " " + isNamed);
          }
        }
      }
      try (PreparedStatement divide = connection.prepareStatement("select 10 / ?")) {
        for (int i = 8; i >= -1; i--) {
          divide.setInt(1, i);
          try (ResultSet rows = divide.executeQuery()) {
            rows.next();
            say(rows.getInt(1));
          } catch (SQLException error) {
            say(error);
          }
        }
      }
      // The shape of a result that changes under a named statement.
      run(connection, "create table changing (a int)");
      run(connection, "insert into changing values (1)");
      try (PreparedStatement select = connection.prepareStatement("select * from changing")) {
        for (int i = 0; i < 12; i++) {
          if (i == 8) run(connection, "alter table changing add b text default 'b'");
          try (ResultSet rows = select.executeQuery()) {
            say(rows.getMetaData().getColumnCount());
          } catch (SQLException error) {
            say(error);
          }
        }
      }
    });
  }

  private void transactions() throws Exception {
    connected("transactions", connection -> {
      run(connection, "create table moved (n int)");
      connection.setAutoCommit(false);
      run(connection, "insert into moved values (1)");
      Savepoint savepoint = connection.setSavepoint("before_two");
      run(connection, "insert into moved values (2)");
      try {
        run(connection, "select 1 / 0");
      } catch (SQLException error) {
        say(error);
      }
      try {
        run(connection, "select 1");
      } catch (SQLException error) {
        say(error);
      }
      connection.rollback(savepoint);
      run(connection, "insert into moved values (3)");
      connection.commit();
      run(connection, "insert into moved values (4)");
      connection.rollback();
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      connection.setReadOnly(true);
      try {
        run(connection, "insert into moved values (5)");
      } catch (SQLException error) {
        say(error);
      }
      connection.rollback();
      print(connection, "select * from moved order by n");
    });
    connected("autosave", connection -> {
      connection.setAutoCommit(false);
      run(connection, "insert into moved values (6)");
      try {
        run(connection, "select 1 / 0");
      } catch (SQLException error) {
        say(error);
      }
      connection.commit();
      print(connection, "select count(*) from moved");
    }, "autosave", "always");
  }

  private void types() throws Exception {
    connected("types", connection -> {
      try (PreparedStatement select = connection.prepareStatement("select ?, ?::jsonb, ?::int[], ?::bytea, ?::uuid, ?::date")) {
        for (int i = 0; i < 7; i++) {
          select.setString(1, "Grüße, 世界");
          select.setString(2, "{\"a\": [1, 2]}");
          select.setArray(3, connection.createArrayOf("int4", new Object[] {1, null, 3}));
          select.setBytes(4, new byte[] {0, 1, (byte) 255});
          select.setObject(5, java.util.UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"));
          select.setObject(6, java.time.LocalDate.of(2026, 2, 28));
          try (ResultSet rows = select.executeQuery()) {
            rows.next();
            say(rows.getString(1) + rows.getString(2) + rows.getArray(3) + Arrays.toString(rows.getBytes(4))
                + rows.getString(5) + rows.getDate(6));
          }
        }
      }
      try (ResultSet tables = connection.getMetaData().getColumns(null, "public", "moved", "%")) {
        while (tables.next()) say(tables.getString("COLUMN_NAME") + " " + tables.getString("TYPE_NAME"));
      }
    });
  }

  private void simpleProtocol() throws Exception {
    connected("the simple protocol", connection -> {
      try (PreparedStatement select = connection.prepareStatement("select ?, ?")) {
        select.setInt(1, 1);
        select.setString(2, "it's");
        try (ResultSet rows = select.executeQuery()) {
          rows.next();
          say(rows.getString(1) + rows.getString(2));
        }
      }
      print(connection, "select 1; select 2");
    }, "preferQueryMode", "simple");
  }
}
